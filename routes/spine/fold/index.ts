export {
  type Elements,
  hiddenName,
  isHidden,
  joinElements,
  render,
  renderDeleted,
  splitElements,
  type VersionHead,
} from './elements.ts';
export {
  apply,
  counting,
  endingOrdinal,
  fold,
  noPatterns,
  type Placed,
  type Said,
  type SaidText,
  saidBy,
  sameElements,
  silence,
  splitSaid,
} from './fold.ts';
export { shared } from './origins.ts';
