import type { Choice, Chosen, CodeSystem, Concept } from '../../knowledge.ts';

/** The concepts of a choice, one by one where the code system has no faster way. */
export function chosenOf(system: CodeSystem, choice: Choice): Chosen {
  if (system.choose !== undefined) return system.choose(choice);
  function* concepts(): Iterable<Concept> {
    for (const code of new Set(codesOf(system, choice))) {
      const concept = system.concept(code);
      if (concept !== undefined) yield concept;
    }
  }
  return {
    count: undefined,
    *codes() {
      for (const { code } of concepts()) yield code;
    },
    concepts,
  };
}

function* codesOf(system: CodeSystem, choice: Choice): Iterable<string> {
  switch (choice.by) {
    case 'code':
      yield* choice.codes;
      break;
    case 'ancestor':
      if (choice.isSelf) yield choice.code;
      yield* system.descendants(choice.code);
      break;
    case 'parent':
      yield* system.children(choice.code);
      break;
    case 'property':
      yield* system.withProperty(choice.property, choice.value);
      break;
    default:
      throw new Error(`no such choice: ${choice satisfies never}`);
  }
}
