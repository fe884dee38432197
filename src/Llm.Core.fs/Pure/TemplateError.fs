// What is wrong with a template, and where. Made by the parser and by rendering; shown by both faces of the library.
namespace Llm.Core

/// <summary>Something wrong with a template, or with a value for it, and where.</summary>
type TemplateError =
    {
        /// The line in the template's text, from 1.
        Line: int
        /// The column in that line, from 1.
        Column: int
        /// What is wrong there, and what to write instead.
        Reason: string
    }

/// <summary>Functions on <see cref="T:Llm.Core.TemplateError"/>.</summary>
[<RequireQualifiedAccess>]
module TemplateError =
    /// <summary>One line an error.</summary>
    /// <example><c>TemplateError.render [ { Line = 2; Column = 7; Reason = "a hole needs a name" } ]</c> evaluates to <c>"line 2, column 7: a hole needs a name"</c>.</example>
    let render (errors: TemplateError list) : string =
        errors |> List.map (fun error -> $"line {error.Line}, column {error.Column}: {error.Reason}") |> String.concat "\n"

    /// <summary>The errors as the <c>InvalidRequest</c> of a call, at the path <c>template</c>.</summary>
    let toLlmError (errors: TemplateError list) : LlmError = LlmError.InvalidRequest("template", render errors)
