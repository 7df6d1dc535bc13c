export type { Component, Listed } from './components.ts';
export { type Hit, judge, systemsOf, type Verdict } from './judge.ts';
export { type Membership, memberships } from './membership.ts';
export { allMembers, countOf, type Member, membersOf } from './part-members.ts';
export { isExcluded, isVersionless, type Part, type Prepared, prepare } from './prepared.ts';
export { cautionsOf, type Used, usedBy } from './used.ts';
