import type { ChangeSink } from './changes.ts';
import { type Defect, damageText, defectOf } from './defects.ts';
import type { Demand } from './demand.ts';
import { between, draw, exponential, kinds, pick, pickWeighted, stream } from './random.ts';
import { DAY, type ShopConfig } from './shop.ts';
import type { Row } from './tables.ts';
import type { Country, Name, Vocabulary } from './vocabulary.ts';

/** The people who buy. */
export interface Customers {
  /** Who places an order: signed up before `at` and not erased by then. */
  choose(order: number, at: number): number;
  /** Writes the changes in the sink's window of customers `first` to `last`. */
  write(sink: ChangeSink, first: number, last: number): void;
}

/** Every period of a customer's life has at most one change of the record. */
const changePeriod = 60 * DAY;
const changeChance = 0.14;
const erasedChance = 0.03;

const aspect = { erased: 0, erasedAfter: 1, loyalty: 2, country: 3, first: 4, last: 5, optIn: 6 };
/** Aspects of an order's stream that choose its customer; the order's own life uses those below 100. */
const choiceAspect = 100;
const mailHosts = ['example.com', 'example.org', 'example.net', 'mail.example.com', 'post.example.org'];

type ChangeKind = 'move' | 'email' | 'opt_in' | 'phone' | 'last_name';
const changeKinds: readonly (readonly [ChangeKind, number])[] = [
  ['move', 35],
  ['opt_in', 28],
  ['email', 20],
  ['phone', 12],
  ['last_name', 5],
];

interface Person {
  readonly first: Name;
  last: Name;
  /** Each aspect of the record is drawn again, from the stream of the period that changed it. */
  email: number;
  address: number;
  phone: number;
  optIn: boolean;
}

export function createCustomers(shop: ShopConfig, vocabulary: Vocabulary, demand: Demand): Customers {
  const countries = vocabulary.countries.map((country) => [country, country.weight] as const);

  function erasedAt(entity: number, signedUpAt: () => number): number {
    if (draw(entity, aspect.erased) >= erasedChance) return Number.POSITIVE_INFINITY;
    return signedUpAt() + 2 * DAY + Math.floor(exponential(entity, aspect.erasedAfter, 90 * DAY, 720 * DAY));
  }

  function row(id: number, country: Country, person: Person, defect: Defect | null, created: number, at: number): Row {
    const number = between(person.address, 11, 1, 148);
    const street = pick(country.streets, person.address, 10);
    const place = pick(country.places, person.address, 12);
    const host = pick(mailHosts, person.email, 20);
    const local =
      draw(person.email, 21) < 0.6
        ? `${person.first.plain}.${person.last.plain}${id}`
        : `${person.first.plain.charAt(0)}${person.last.plain}.${id}`;
    const email = damageText(shop, 'customers', id, defect, `${local}@${host}`);
    const phone =
      draw(person.phone, 30) < 0.15
        ? null
        : `${country.callingCode} ${between(person.phone, 31, 100, 999)} ${between(person.phone, 32, 1000000, 9999999)}`;
    return [
      id,
      email,
      person.first.text,
      person.last.text,
      phone,
      country.numberFirst ? `${number} ${street}` : `${street} ${number}`,
      place.city,
      place.postalCode,
      country.code,
      person.optIn,
      created,
      at,
    ];
  }

  function change(person: Person, country: Country, period: number): void {
    switch (pickWeighted(changeKinds, period, 2)) {
      case 'move':
        person.address = period;
        break;
      case 'email':
        person.email = period;
        break;
      case 'opt_in':
        person.optIn = !person.optIn;
        break;
      case 'phone':
        person.phone = period;
        break;
      case 'last_name':
        person.last = pick(country.lastNames, period, 3);
        break;
    }
  }

  const periodStream = (id: number, period: number) =>
    stream(shop.seed ^ Math.imul(id, 0x9e3779b1), kinds.customerPeriod, period);
  const changeTime = (signedUpAt: number, period: number, entity: number) =>
    signedUpAt + 1 + Math.floor((period + draw(entity, 1)) * changePeriod);

  /** Whether any version of a customer falls into the window, by a draw or two: most customers are left alone in most windows. */
  function isTouched(id: number, signedUpAt: number, erased: number, from: number, to: number): boolean {
    if (signedUpAt > from || (erased > from && erased <= to)) return true;
    if (erased <= from) return false;
    const first = Math.max(0, Math.floor((from - signedUpAt) / changePeriod) - 1);
    const last = Math.floor((to - signedUpAt) / changePeriod);
    for (let period = first; period <= last; period++) {
      const entity = periodStream(id, period);
      if (draw(entity, 0) >= changeChance) continue;
      const at = changeTime(signedUpAt, period, entity);
      if (at > from && at <= to) return true;
    }
    return false;
  }

  function writeOne(sink: ChangeSink, id: number): void {
    const { from, to } = sink.window;
    const signedUpAt = demand.signupTime(id);
    if (signedUpAt > to) return;
    const entity = stream(shop.seed, kinds.customer, id);
    const erased = erasedAt(entity, () => signedUpAt);
    if (!isTouched(id, signedUpAt, erased, from, to)) return;

    const country = pickWeighted(countries, entity, aspect.country);
    const person: Person = {
      first: pick(country.firstNames, entity, aspect.first),
      last: pick(country.lastNames, entity, aspect.last),
      email: entity,
      address: entity,
      phone: entity,
      optIn: draw(entity, aspect.optIn) < 0.42,
    };
    const defect = defectOf(shop, 'customers', id, erased === Number.POSITIVE_INFINITY);
    sink.defect('customers', signedUpAt, id, defect);
    if (signedUpAt > from)
      sink.insert('customers', signedUpAt, row(id, country, person, defect, signedUpAt, signedUpAt));
    let version = 2;
    const end = Math.min(to, erased - 1);
    for (let period = 0; signedUpAt + period * changePeriod < end; period++) {
      const periodEntity = periodStream(id, period);
      if (draw(periodEntity, 0) >= changeChance) continue;
      const at = changeTime(signedUpAt, period, periodEntity);
      if (at > end) break;
      change(person, country, periodEntity);
      if (at > from) sink.update('customers', version, at, row(id, country, person, defect, signedUpAt, at));
      version++;
    }
    if (erased <= to) sink.delete('customers', version, erased, id);
  }

  return {
    choose(order, at) {
      const count = demand.customersAt(at);
      let candidate = 1;
      for (let attempt = 0; attempt < 24; attempt++) {
        const share = draw(order, choiceAspect + attempt * 2);
        // A quarter of the orders come from people who have just signed up, the others by how loyal a customer is.
        const fresh = draw(order, choiceAspect - 1) < 0.25;
        candidate = fresh ? count - Math.floor(share * share * count * 0.1) : 1 + Math.floor(share * count);
        const entity = stream(shop.seed, kinds.customer, candidate);
        const loyalty = draw(entity, aspect.loyalty) ** 3;
        if (!fresh && draw(order, choiceAspect + attempt * 2 + 1) > loyalty) continue;
        if (erasedAt(entity, () => demand.signupTime(candidate)) > at) return candidate;
      }
      for (;;) {
        const entity = stream(shop.seed, kinds.customer, candidate);
        if (erasedAt(entity, () => demand.signupTime(candidate)) > at) return candidate;
        candidate = (candidate % count) + 1;
      }
    },
    write(sink, first, last) {
      for (let id = first; id <= last; id++) writeOne(sink, id);
    },
  };
}
