import {
  base,
  de,
  en,
  en_GB,
  es,
  Faker,
  fr,
  generateMersenne32Randomizer,
  it,
  type LocaleDefinition,
  nl,
  pl,
  sv,
} from '@faker-js/faker';

/**
 * The words of the shop, drawn from Faker once per locale. Which of them a row carries is decided by the row's own hash, so
 * Faker's sequential generator never meets the hot path, nor the order in which rows are asked for.
 */
export interface Vocabulary {
  readonly countries: readonly Country[];
  readonly products: readonly { readonly name: string; readonly category: string }[];
}

export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** Share of the customers, not normalised. */
  readonly weight: number;
  readonly callingCode: string;
  readonly firstNames: readonly Name[];
  readonly lastNames: readonly Name[];
  readonly streets: readonly string[];
  readonly places: readonly { readonly city: string; readonly postalCode: string }[];
  /** Whether the house number stands before the street's name. */
  readonly numberFirst: boolean;
}

export interface Name {
  readonly text: string;
  /** Lower-case ASCII letters, for e-mail addresses. */
  readonly plain: string;
}

const namesPerLocale = 300;
const streetsPerLocale = 200;
const productNames = 1200;

interface Locale {
  readonly code: string;
  readonly weight: number;
  readonly callingCode: string;
  readonly locale: LocaleDefinition;
  readonly numberFirst?: boolean;
}

const locales: readonly Locale[] = [
  { code: 'DE', weight: 28, callingCode: '+49', locale: de },
  { code: 'GB', weight: 18, callingCode: '+44', locale: en_GB, numberFirst: true },
  { code: 'FR', weight: 15, callingCode: '+33', locale: fr, numberFirst: true },
  { code: 'NL', weight: 11, callingCode: '+31', locale: nl },
  { code: 'IT', weight: 9, callingCode: '+39', locale: it },
  { code: 'ES', weight: 8, callingCode: '+34', locale: es },
  { code: 'PL', weight: 6, callingCode: '+48', locale: pl },
  { code: 'SE', weight: 5, callingCode: '+46', locale: sv },
];

/** Draws the words for a seed: about 13,000 calls of Faker, a tenth of a second. */
export function createVocabulary(seed: number): Vocabulary {
  return { countries: locales.map((locale) => country(locale, seed)), products: productWords(seed) };
}

function speaker(locale: LocaleDefinition, seed: number): Faker {
  return new Faker({ locale: [locale, en, base], randomizer: generateMersenne32Randomizer(seed) });
}

function country({ code, weight, callingCode, locale, numberFirst = false }: Locale, seed: number): Country {
  const faker = speaker(locale, seed);
  return {
    code,
    weight,
    callingCode,
    numberFirst,
    firstNames: several(namesPerLocale, () => name(faker.person.firstName())),
    lastNames: several(namesPerLocale, () => name(faker.person.lastName())),
    streets: several(streetsPerLocale, () => tidy(faker.location.street())),
    places: several(streetsPerLocale, () => ({
      city: tidy(faker.location.city()),
      postalCode: tidy(faker.location.zipCode()),
    })),
  };
}

function productWords(seed: number): Vocabulary['products'] {
  const faker = speaker(en_GB, seed);
  const brands = several(60, () => tidy(faker.company.name().split(/[ ,-]/)[0] ?? 'House'));
  return several(productNames, () => ({
    name: tidy(`${faker.helpers.arrayElement(brands)} ${faker.commerce.productName()}`),
    category: tidy(faker.commerce.department()),
  }));
}

function several<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

/** Clean text has single spaces and none around it: stray spaces are a defect, and only injected. */
function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function name(text: string): Name {
  const tidied = tidy(text);
  const plain = tidied
    .replace(/ß/g, 'ss')
    .replace(/[łŁ]/g, 'l')
    .replace(/[øØ]/g, 'o')
    .replace(/[æÆ]/g, 'ae')
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  return { text: tidied, plain: plain === '' ? 'x' : plain };
}
