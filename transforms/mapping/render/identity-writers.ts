import { hl7Time } from './plain-writers.ts';
import {
  type Component,
  components,
  type RenderConversion,
  type WriterSettings,
  type Written,
} from './writer.ts';

/** HD: the authority that gives a system`s numbers. */
export const authorityOf = (system: string | undefined, { names }: WriterSettings): Component =>
  system === undefined ? '' : names.authority(system);

const typeCode = (identifier: fhir4.Identifier): string =>
  identifier.type?.coding?.find(({ code }) => code)?.code ?? '';

export const identifierWriter: RenderConversion = {
  name: 'Identifier',
  summary: 'Identifier to CX: value, authority, type, period.',
  write({ value }, settings) {
    const identifier = value as fhir4.Identifier;
    if (!identifier.value) return undefined;
    const { start, end } = identifier.period ?? {};
    const authority = authorityOf(identifier.system, settings);
    const times = [start, end].map((time) => hl7Time(time ?? '') ?? '');
    return [identifier.value, '', '', authority, typeCode(identifier), '', ...times];
  },
};

export const entityIdentifierWriter: RenderConversion = {
  name: 'EntityIdentifier',
  summary: 'Identifier to EI: value, and the authority in components 2 to 4.',
  write({ value }, settings) {
    const identifier = value as fhir4.Identifier;
    if (!identifier.value) return undefined;
    return [identifier.value, ...[authorityOf(identifier.system, settings)].flat()];
  },
};

export const humanNameWriter: RenderConversion = {
  name: 'HumanName',
  summary: 'HumanName to XPN; its use by `codes`.',
  write({ value }, settings) {
    const name = value as fhir4.HumanName;
    const [given = '', ...others] = name.given ?? [];
    const [suffix = '', ...degrees] = name.suffix ?? [];
    const use = name.use === undefined ? '' : (settings.codes[name.use] ?? '');
    const { start, end } = name.period ?? {};
    const times = [start, end].map((time) => hl7Time(time ?? '') ?? '');
    const parts: Component[] = [name.family ?? '', given, others.join(' '), suffix];
    parts.push((name.prefix ?? []).join(' '), degrees.join(' '), use);
    // What has no parts is shown whole.
    if (parts.slice(0, 6).every((part) => part === '') && name.text) parts[0] = name.text;
    return [...parts, '', '', '', '', ...times];
  },
};

export const addressWriter: RenderConversion = {
  name: 'Address',
  summary: 'Address to XAD; its use by `codes`.',
  write({ value }, settings) {
    const address = value as fhir4.Address;
    const [street = '', second = '', ...more] = address.line ?? [];
    const { city = '', state = '', postalCode = '', country = '', district = '' } = address;
    const use = address.use === undefined ? '' : (settings.codes[address.use] ?? '');
    const parts = [street, second, city, state, postalCode, country, use, '', district];
    return components({
      ...Object.fromEntries(parts.map((part, n) => [n + 1, part])),
      19: more.join(', '),
    });
  },
};

const equipment: Readonly<Record<string, string>> = {
  phone: 'PH',
  fax: 'FX',
  pager: 'BP',
  email: 'Internet',
};

export const contactPointWriter: RenderConversion = {
  name: 'ContactPoint',
  summary: 'ContactPoint to XTN; its use by `codes`, a mobile phone as CP.',
  write({ value }, settings) {
    const { system = 'phone', use, value: number, rank } = value as fhir4.ContactPoint;
    if (!number) return undefined;
    const kind = use === 'mobile' && system === 'phone' ? 'CP' : equipment[system];
    if (kind === undefined) {
      settings.issue('render-value', `is a contact by ${system}, which XTN does not have`);
      return undefined;
    }
    const useCode = use === undefined ? '' : (settings.codes[use] ?? '');
    const common = { 2: useCode, 3: kind, 18: rank === undefined ? '' : String(rank) };
    if (system === 'email') return components({ ...common, 4: number });
    // Readers before 2.5 look in the first component, later ones in the twelfth.
    return components({ ...common, 1: number, 12: number });
  },
};

export const practitionerWriter: RenderConversion = {
  name: 'Practitioner',
  summary: 'A Reference by identifier and display to XCN; the display stands as family name.',
  write({ value }, settings) {
    const { identifier, display = '' } = value as fhir4.Reference;
    if (!identifier?.value && display === '') return undefined;
    const parts: Component[] = [identifier?.value ?? '', display, '', '', '', '', '', ''];
    if (!identifier?.value) return parts;
    const authority = authorityOf(identifier.system, settings);
    return [...parts, authority, '', '', '', typeCode(identifier)];
  },
};

export const organizationWriter: RenderConversion = {
  name: 'Organization',
  summary: 'A Reference by identifier and display to XON.',
  write({ value }, settings): Written | undefined {
    const { identifier, display = '' } = value as fhir4.Reference;
    if (!identifier?.value) return display === '' ? undefined : [display];
    const authority = authorityOf(identifier.system, settings);
    return [display, '', '', '', '', authority, typeCode(identifier), '', '', identifier.value];
  },
};

export const locationWriter: RenderConversion = {
  name: 'Location',
  summary: 'A Reference to a place to PL: point of care, room, bed, facility; else its name.',
  write({ value }, { names }) {
    const { identifier, display = '' } = value as fhir4.Reference;
    if (identifier?.value && identifier.system === names.places) return identifier.value.split('/');
    return display === '' ? undefined : ['', '', '', '', '', '', '', '', display];
  },
};
