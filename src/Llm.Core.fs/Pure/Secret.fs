// A key that never shows: not in ToString, not in errors, not in recordings.
namespace Llm.Core

open System
open System.Text

/// <summary>A key or token. Printing it, or what holds it, shows <c>***</c>.</summary>
[<CustomEquality; NoComparison; StructuredFormatDisplay("***")>]
type Secret =
    private
    | Secret of string

    override _.ToString() = "***"

    override this.Equals other =
        match other with
        | :? Secret as secret ->
            let (Secret mine) = this
            let (Secret theirs) = secret
            String.Equals(mine, theirs, StringComparison.Ordinal)
        | _ -> false

    override this.GetHashCode() =
        let (Secret value) = this
        value.GetHashCode StringComparison.Ordinal

/// Functions on <see cref="T:Llm.Core.Secret"/>.
[<RequireQualifiedAccess>]
module Secret =
    /// Hides a key.
    let create (value: string) : Secret = Secret value

    /// The key itself, for the request that needs it.
    let reveal (Secret value) : string = value

    /// Keys of fewer letters may be parts of ordinary words, such as a stand-in for tests.
    let private shortest = 8

    /// Whether letters or digits on both sides of an edge make one word of what it divides.
    let private joins (text: string) (edge: int) : bool =
        edge > 0 && edge < text.Length && Char.IsLetterOrDigit text[edge - 1] && Char.IsLetterOrDigit text[edge]

    let private redactWords (value: string) (text: string) : string =
        let clean = StringBuilder()

        let rec read (kept: int) (from: int) =
            match text.IndexOf(value, from, StringComparison.Ordinal) with
            | -1 -> clean.Append(text, kept, text.Length - kept).ToString()
            | start when joins text start || joins text (start + value.Length) -> read kept (start + 1)
            | start ->
                clean.Append(text, kept, start - kept).Append "***" |> ignore
                read (start + value.Length) (start + value.Length)

        read 0 0

    /// <summary>
    /// The text with every occurrence of the secret replaced by <c>***</c>. One of fewer than 8 letters is replaced only where it stands alone, not
    /// within a word, so that a key such as <c>test</c> leaves the messages readable.
    /// </summary>
    /// <example>
    /// <c>Secret.redact (Secret.create "sk-123") "key sk-123"</c> evaluates to <c>"key ***"</c>, and
    /// <c>Secret.redact (Secret.create "test") "test the latest"</c> to <c>"*** the latest"</c>.
    /// </example>
    let redact (Secret value) (text: string) : string =
        if value = "" then text
        elif value.Length < shortest then redactWords value text
        else text.Replace(value, "***", StringComparison.Ordinal)
