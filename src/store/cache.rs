use rusqlite::{OptionalExtension, params};

use super::{append::Cursor, error::StoreError, open::Store};

/// Something computed from history that takes long enough to be worth keeping. It is never the
/// truth: whoever reads it must be able to do without.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Cache {
    /// What the learner remembers of each card.
    Memory,
    /// What they answered in walkthroughs.
    Walked,
}

impl Cache {
    fn name(self) -> &'static str {
        match self {
            Cache::Memory => "memory",
            Cache::Walked => "walked",
        }
    }
}

impl Store {
    /// What was kept, and how far into history it had come.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn cached(&self, cache: Cache) -> Result<Option<(Cursor, Vec<u8>)>, StoreError> {
        self.connection
            .prepare_cached("SELECT upto, bytes FROM cache WHERE name = ?1")
            .and_then(|mut select| {
                select
                    .query_row([cache.name()], |row| Ok((Cursor(row.get(0)?), row.get(1)?)))
                    .optional()
            })
            .map_err(|error| self.sqlite(error))
    }

    /// Keeps what was computed from the rows up to `upto`.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of value is lost.
    pub fn put_cache(
        &mut self,
        cache: Cache,
        upto: Cursor,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction
                .prepare_cached("REPLACE INTO cache (name, upto, bytes) VALUES (?1, ?2, ?3)")?
                .execute(params![cache.name(), upto.0, bytes])
        })?;
        Ok(())
    }

    /// Forgets all that was computed from history.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be written.
    pub fn drop_caches(&mut self) -> Result<(), StoreError> {
        self.write(|transaction| transaction.execute("DELETE FROM cache", []))?;
        Ok(())
    }
}
