//! The cluster as a picture: its parts as boxes, and what a step does as a message between them. Look
//! first at [`Map`]. It reads a [`Scene`], which is made once for a place in the story, and knows neither
//! keys nor time: how far a message has come is told to it.

mod scene;

use ratatui::{Frame, layout::Rect};

pub(in crate::tui) use self::scene::Scene;
use crate::{
    cluster::trace::Actor,
    locale::Locale,
    tui::{signs::Signs, theme::Theme},
};

/// The picture of a scene, to be drawn into any area.
pub(in crate::tui) struct Map<'a> {
    /// What is shown.
    pub(in crate::tui) scene: &'a Scene,
    /// How far the message of the step in the light has come, from 0 to 1; 1 at rest.
    pub(in crate::tui) flight: f32,
    /// Whom the keys would inspect. A node itself goes by the name of its kernel.
    pub(in crate::tui) selected: Option<&'a Actor>,
    /// The first node shown where not all have room; the one in the light is shown all the same.
    pub(in crate::tui) first_node: usize,
    /// The node that alone is shown, by name.
    pub(in crate::tui) zoom: Option<&'a str>,
    pub(in crate::tui) theme: &'a Theme,
    pub(in crate::tui) signs: &'a Signs,
    pub(in crate::tui) locale: &'a Locale,
}

impl Map<'_> {
    /// Draws it.
    pub(in crate::tui) fn draw(&self, _frame: &mut Frame, _area: Rect) {}

    /// Who is drawn at this cell.
    pub(in crate::tui) fn hit(&self, _area: Rect, _x: u16, _y: u16) -> Option<Actor> {
        None
    }

    /// Everyone on the map, in the order in which keys go through them.
    pub(in crate::tui) fn order(&self) -> Vec<Actor> {
        Vec::new()
    }
}
