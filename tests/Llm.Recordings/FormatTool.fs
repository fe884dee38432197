// The tool that carries structured output: each library has its own name for it, and the lines have a third.
module Llm.Recordings.FormatTool

open Llm.Core

/// As the library that made the recordings names it.
let theirs = "__mirascope_formatted_output_tool__"

/// As this library names it.
let ours = OutputFormat.toolName

/// As the lines name it.
let shown = "__format_tool__"

/// A body with the name that the lines have, wherever it stands.
let show (body: string) : string = body.Replace(ours, shown).Replace(theirs, shown)
