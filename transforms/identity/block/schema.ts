/**
 * `block` finds records by a key. Keys are hashes, so each record would write ten pages at random;
 * instead what is added goes to `block_log` in one row and to the memory of every process that
 * reads it, and is put into `block` a slice of the key space at a time, sorted (`block_flush`
 * says how far each slice has come). `block_hot` holds the keys that too many records share.
 * All of it is an index: it can be made again from the records.
 */
export const blockSchema = `
CREATE TABLE IF NOT EXISTS block(key INT, record INT, PRIMARY KEY(key, record))
  STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block_log(seq INTEGER PRIMARY KEY, record INT NOT NULL,
  keys BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS block_flush(turn INTEGER PRIMARY KEY, through INT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS block_hot(no INTEGER PRIMARY KEY, key INT NOT NULL, level INT NOT NULL)
  STRICT;
`;
