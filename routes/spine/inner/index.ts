export { endingBy, endingsIn, everListed, listContribution, membersOf } from './lists.ts';
export {
  isToldBeside,
  moveContribution,
  movesOf,
  ownerOf,
  redirect,
  visitIn,
  visitsOf,
  whatMoves,
} from './moves.ts';
