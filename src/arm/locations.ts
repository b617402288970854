// Locations: the regions a plane answers for. `local` is this machine under its own name; the others are Azure's public
// regions, so that templates and scripts written for them run as they are.

export interface Location {
  readonly name: string;
  readonly displayName: string;
  readonly geographyGroup: string;
}

const BY_GEOGRAPHY: Readonly<Record<string, readonly string[]>> = {
  Local: ['Local'],
  US: [
    'East US',
    'East US 2',
    'South Central US',
    'West US 2',
    'West US 3',
    'Central US',
    'North Central US',
    'West US',
    'West Central US',
  ],
  Europe: [
    'North Europe',
    'Sweden Central',
    'UK South',
    'UK West',
    'West Europe',
    'France Central',
    'Germany West Central',
    'Italy North',
    'Norway East',
    'Poland Central',
    'Spain Central',
    'Switzerland North',
  ],
  'Asia Pacific': [
    'Australia East',
    'Australia Southeast',
    'Southeast Asia',
    'Central India',
    'South India',
    'East Asia',
    'Japan East',
    'Japan West',
    'Korea Central',
    'New Zealand North',
  ],
  Canada: ['Canada Central', 'Canada East'],
  'South America': ['Brazil South'],
  Mexico: ['Mexico Central'],
  'Middle East': ['Israel Central', 'Qatar Central', 'UAE North'],
  Africa: ['South Africa North'],
};

export const LOCATIONS: readonly Location[] = Object.entries(BY_GEOGRAPHY).flatMap(
  ([geographyGroup, names]) =>
    names.map((displayName) => ({
      name: displayName.replaceAll(' ', '').toLowerCase(),
      displayName,
      geographyGroup,
    })),
);

/** The location that a request means: `West US` and `WestUS` are `westus`. */
export function findLocation(text: string): Location | undefined {
  const name = text.replaceAll(' ', '').toLowerCase();
  return LOCATIONS.find((location) => location.name === name);
}
