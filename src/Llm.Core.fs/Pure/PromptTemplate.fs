// Templates of prompts for inputs of a type: from an input to the messages that a model is asked. With a model it is a call. It knows nothing of
// models.
namespace Llm.Core

open System

/// <summary>
/// A template that fits inputs of a type: from an input to the messages that are sent, or why they cannot be. <c>PromptTemplate.messages</c> shows
/// them without a call.
/// </summary>
[<NoComparison; NoEquality>]
type PromptTemplate<'input> =
    {
        /// The messages of an input.
        Render: 'input -> Result<Message list, LlmError>
        /// How the template asks the prompt to be cached, by <c>{:cache_control}</c>; None leaves it to the call's parameters.
        Caching: PromptCaching option
    }

/// <summary>Functions on <see cref="T:Llm.Core.PromptTemplate`1"/>.</summary>
[<RequireQualifiedAccess>]
module PromptTemplate =
    let internal parseFor (foreign: ForeignValues) (text: string) : Result<PromptTemplate<'input>, TemplateError list> =
        TextTemplate.parse text
        |> Result.bind (fun template ->
            TextTemplate.compileFor foreign typeof<'input> template
            |> Result.map (fun render ->
                { Render = box >> render >> Result.mapError TemplateError.toLlmError; Caching = template.Caching }))

    /// <summary>
    /// Reads a template for inputs of a type. All that the type can tell is an error here: a name that is not there, a list where there is none, an
    /// image in SYSTEM. <see cref="T:Llm.Core.TextTemplate"/> says how templates are written, <c>TextTemplate.compile</c> what fills them.
    /// </summary>
    /// <example>
    /// <c>PromptTemplate.parse&lt;{| genre: string; cover: Image |}&gt; "SYSTEM: You are a librarian.\nUSER: A {genre} book like {cover:image}?"</c>
    /// </example>
    let parse<'input> (text: string) : Result<PromptTemplate<'input>, TemplateError list> = parseFor ForeignValues.none text

    let internal interpolatedFor (foreign: ForeignValues) (said: FormattableString) : Result<UserPart list, LlmError> =
        TextTemplate.interpolate foreign said.Format (said.GetArguments()) |> Result.mapError TemplateError.toLlmError

    /// <summary>
    /// A template of an interpolated string whose values keep their nature: images, audio, documents and other parts stay parts between the text
    /// around them, and numbers and dates are written in the invariant culture. A value that cannot be said so is an <c>InvalidRequest</c>.
    /// </summary>
    /// <example><c>PromptTemplate.interpolated (fun (genre: string, cover: Image) -> $"A {genre} book with a cover like {cover}?")</c></example>
    let interpolated (text: 'input -> FormattableString) : PromptTemplate<'input> =
        {
            Render =
                fun input -> interpolatedFor ForeignValues.none (text input) |> Result.bind Message.userParts |> Result.map List.singleton
            Caching = None
        }

    /// <summary>What would be sent for an input.</summary>
    /// <example>
    /// <c>PromptTemplate.interpolated (fun name -> $"Hello, {name}") |> PromptTemplate.messages "you"</c> evaluates to
    /// <c>Ok [ Message.user "Hello, you" ]</c>.
    /// </example>
    let messages (input: 'input) (template: PromptTemplate<'input>) : Result<Message list, LlmError> = template.Render input

    /// <summary>The template for another input, from which its own is made.</summary>
    let contramap (change: 'other -> 'input) (template: PromptTemplate<'input>) : PromptTemplate<'other> =
        { Render = change >> template.Render; Caching = template.Caching }
