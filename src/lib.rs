//! podlings turns Docker and Kubernetes notes into lessons and flashcards, in a terminal.
//!
//! Each room (module) may use only the rooms named beside it; `tests/it/layers.rs` holds the code to
//! this table.
//!
//! | room       | what it is for                                          | may use                      |
//! |------------|---------------------------------------------------------|------------------------------|
//! | `ids`      | the words all rooms share                               | none                         |
//! | `locale`   | interface texts, Chinese and English                    | none                         |
//! | `cluster`  | a deterministic model of Kubernetes                     | none                         |
//! | `history`  | the rows of what a learner did                          | ids                          |
//! | `notes`    | Markdown to lessons and cards                           | ids                          |
//! | `memory`   | spaced repetition: FSRS, the due queue, study sessions  | ids, history                 |
//! | `walkthrough` | scenarios played over the cluster model              | ids, history, locale, notes, cluster |
//! | `interview` | questions and how answers are marked                    | ids, history, locale, notes, walkthrough |
//! | `progress` | where the learner stands: computed, never stored        | ids, history, locale, notes, memory |
//! | `report`   | that as pages: HTML, Markdown, JSON, CSV, SVG             | ids, locale, notes, progress |
//! | `store`    | SQLite: history, settings, backups                      | ids, history                 |
//! | `tui`      | the terminal app                                        | all but cli                  |
//! | `cli`      | one file for each subcommand                            | all                          |
//!
//! `ratatui` and `crossterm` appear only in `tui`, `rusqlite` only in `store`, `clap` only in `cli`
//! and `fsrs` only in `memory`. Everything that decides is a function of its arguments: the clock,
//! randomness, files, the terminal and the database are at the edge and passed in.

pub mod cli;
pub mod cluster;
pub mod history;
pub mod ids;
pub mod interview;
pub mod locale;
pub mod memory;
pub mod notes;
pub mod progress;
pub mod report;
pub mod store;
pub mod tui;
pub mod walkthrough;
