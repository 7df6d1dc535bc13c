export type Path = readonly (string | number)[];

/** Tells a mistake of a row, at a key inside it. */
export type Report = (code: string, message: string, ...path: Path) => void;
