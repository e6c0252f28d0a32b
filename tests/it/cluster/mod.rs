//! The cluster model from outside: what Kubernetes promises, held to rules that have numbers. Look first
//! at [`rules`].

mod api;
mod commands;
mod faults;
mod goldens;
mod lab;
mod model;
mod nodes;
mod pods;
mod properties;
mod rules;
mod scheduling;
mod services;
mod settings;
mod workloads;
