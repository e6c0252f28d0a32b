use rusqlite::Transaction;

use crate::ids::CardId;

use super::{error::StoreError, open::Store};

impl Store {
    /// The text each card had when it was last studied, as it was given to
    /// [`Store::append_with_seen`], in the order of card ids.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn seen(&self) -> Result<Vec<(CardId, String)>, StoreError> {
        let read = || -> rusqlite::Result<Vec<_>> {
            self.connection
                .prepare_cached("SELECT card, value FROM seen ORDER BY card")?
                .query_map([], |row| {
                    Ok((CardId::new(row.get::<_, String>(0)?), row.get(1)?))
                })?
                .collect()
        };
        read().map_err(|error| self.sqlite(error))
    }
}

pub(super) fn remember(
    transaction: &Transaction<'_>,
    seen: &[(CardId, String)],
) -> rusqlite::Result<()> {
    // Most cards have not changed since they were last seen; those cost no write.
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO seen (card, value) VALUES (?1, ?2)
         ON CONFLICT (card) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
    )?;
    for (card, value) in seen {
        upsert.execute([card.as_str(), value])?;
    }
    Ok(())
}
