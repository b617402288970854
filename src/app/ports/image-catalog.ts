// Image catalog: which images there are, and the newest version of each. Versions come and go while the plane runs; nothing
// is done with a guest because of that unless a rule or a request says so.

export interface ImageCatalog {
  /** The newest version of an image, by its word (`imageWord` in domain/model). Undefined: the catalog does not know it. */
  latest(image: string): string | undefined;
  /** Called with the image's word whenever it has a new newest version. Returns a function that ends it. */
  onChange(listener: (image: string) => void): () => void;
}
