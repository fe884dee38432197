// Where servers and models of Cohere's v2 chat format differ: data only.
// Read by the encoder; the decoder needs nothing but the provider's id.
namespace Llm.Core

open System

/// <summary>What a model of Cohere's takes.</summary>
type CohereModel =
    {
        /// Whether it takes <c>thinking</c>; a model that does not reason refuses it.
        Thinks: bool
        /// Whether it takes <c>tool_choice</c>, by which a call is demanded or forbidden: since Command R7B.
        ChoosesTools: bool
    }

/// Functions on <see cref="T:Llm.Core.CohereModel"/>.
[<RequireQualifiedAccess>]
module CohereModel =
    // https://docs.cohere.com/docs/models; models that are not known are taken to reason.
    let private withoutReasoning =
        [
            "command-r"
            "command-a-03-2025"
            "command-a-vision"
            "command-a-translate"
            "command-light"
            "command-nightly"
            "c4ai-"
            "tiny-aya"
        ]

    // https://docs.cohere.com/reference/chat, tool_choice: models before Command R7B lack it.
    let private withoutChoice = [ "command-r-"; "command-light"; "command-nightly"; "c4ai-" ]

    /// <summary>What the model of a name takes.</summary>
    /// <example><c>CohereModel.ofName "command-r7b-12-2024"</c> evaluates to <c>{ Thinks = false; ChoosesTools = true }</c>.</example>
    let ofName (name: string) : CohereModel =
        let isAmong prefixes = prefixes |> List.exists (fun (prefix: string) -> name.StartsWith(prefix, StringComparison.Ordinal))

        { Thinks = not (isAmong withoutReasoning); ChoosesTools = not (isAmong withoutChoice || name = "command-r") }

/// <summary>How a server of Cohere's v2 chat format differs from Cohere's own.</summary>
/// <example><c>{ CohereDialect.standard with Provider = "mine" }</c></example>
[<NoComparison; NoEquality>]
type CohereDialect =
    {
        /// The provider's id, in errors, warnings and the origin of messages.
        Provider: string
        /// Path and query below the base url.
        Path: string
        /// What the model of a name takes.
        Model: string -> CohereModel
        /// What the budget of a level of thinking is a share of, where the caller gives no <c>max_tokens</c>. In tokens.
        DefaultMaxTokens: int
    }

/// The dialects of known vendors.
[<RequireQualifiedAccess>]
module CohereDialect =
    /// <summary>Cohere itself, below <c>https://api.cohere.com</c>.</summary>
    let standard: CohereDialect =
        { Provider = "cohere"; Path = "v2/chat"; Model = CohereModel.ofName; DefaultMaxTokens = 16000 }

    /// The dialect under another provider's id, for callers who cannot copy a record and change a field.
    let internal withProvider (provider: string) (dialect: CohereDialect) : CohereDialect = { dialect with Provider = provider }
