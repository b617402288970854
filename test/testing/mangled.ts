// Mangled: a JSON document in which some values were replaced by any others, for readers that must take whatever comes.
import fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../../src/domain/json.ts';

/** The document with a few of its values, at any depth, replaced by arbitrary JSON. */
export function mangled(document: JsonObject): fc.Arbitrary<JsonObject> {
  const places = placesIn(document, []);
  const change = fc.tuple(fc.constantFrom(...places), fc.jsonValue());
  return fc
    .array(change, { minLength: 1, maxLength: 5 })
    .map((changes) => changes.reduce<Json>((value, [place, by]) => replaced(value, place, by), document))
    .filter(isObject);
}

type Place = readonly (string | number)[];

function placesIn(value: Json | undefined, here: Place): readonly Place[] {
  const below = Array.isArray(value)
    ? value.flatMap((item: Json, index) => placesIn(item, [...here, index]))
    : isObject(value)
      ? Object.keys(value).flatMap((key) => placesIn(value[key], [...here, key]))
      : [];
  return here.length === 0 ? below : [here, ...below];
}

function replaced(value: Json, [first, ...rest]: Place, by: Json): Json {
  if (first === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => (index === first ? replaced(item, rest, by) : item));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === first ? replaced(member ?? null, rest, by) : (member ?? null),
    ]),
  );
}
