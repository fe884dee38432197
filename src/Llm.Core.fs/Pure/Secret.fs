// A key that never shows: not in ToString, not in errors, not in recordings.
namespace Llm.Core

open System

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

    /// <summary>The text with every occurrence of the secret replaced by <c>***</c>.</summary>
    /// <example><c>Secret.redact (Secret.create "sk-123") "key sk-123"</c> evaluates to <c>"key ***"</c>.</example>
    let redact (Secret value) (text: string) : string = if value = "" then text else text.Replace(value, "***", StringComparison.Ordinal)
