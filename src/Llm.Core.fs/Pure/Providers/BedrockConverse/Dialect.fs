// Where an endpoint of Bedrock's Converse differs, and what the models behind it take beside the common parameters, as data.
// Read by the encoder and decoder of this folder; knows neither.
namespace Llm.Core

open System

/// How a model behind Converse is told how much to think, in <c>additionalModelRequestFields</c>.
[<RequireQualifiedAccess>]
type ConverseThinking =
    /// Not at all.
    | Unsupported
    /// As Anthropic has it: <c>thinking</c>, and <c>output_config</c> where the model thinks by effort.
    | Anthropic of AnthropicModel
    /// <c>reasoning_effort</c>: low, medium or high, as OpenAI's open models take it.
    | Effort
    /// <c>reasoningConfig</c> with <c>maxReasoningEffort</c>: low, medium or high, as Amazon Nova 2 takes it.
    | Nova

/// <summary>What of a prompt a model behind Converse is told to cache, by <c>cachePoint</c>; one that knows none would refuse it.</summary>
[<RequireQualifiedAccess>]
type ConverseCaching =
    /// Nothing.
    | Absent
    /// System texts and messages.
    | Messages
    /// Tools too; for an hour where the model has that.
    | All of forAnHour: bool

/// <summary>What a model takes; what it would refuse or ignore is left out with a warning.</summary>
type ConverseModel =
    {
        /// Where <c>top_k</c> stands in <c>additionalModelRequestFields</c>, from the outermost name; empty when the model has none.
        TopK: string list
        /// How it is told how much to think.
        Thinking: ConverseThinking
        /// By what it can be held to a format, and whether a tool's call can be demanded.
        Formats: FormatSupport
        /// Whether the call of one tool by its name can be demanded; else that tool is shown alone where one must be called.
        NamesTool: bool
        /// What of a prompt it is told to cache.
        Caching: ConverseCaching
        /// The name of the model's own search of the web; None where it has none.
        WebSearch: string option
    }

/// Functions on <see cref="T:Llm.Core.ConverseModel"/>.
[<RequireQualifiedAccess>]
module ConverseModel =
    /// A model of which nothing is known: what a caller asks for is sent, and no cache is spoken of.
    let private unknown: ConverseModel =
        {
            TopK = []
            Thinking = ConverseThinking.Unsupported
            Formats = FormatSupport.unknown
            NamesTool = true
            Caching = ConverseCaching.Absent
            WebSearch = None
        }

    /// A model that no schema is enforced on.
    let private unheld = { FormatSupport.unknown with StrictSchemas = Support.No }

    /// A model that cannot be made to call a tool.
    let private unforced = { unheld with ForcedTools = Support.No }

    let private nova =
        { unknown with
            TopK = [ "inferenceConfig"; "topK" ]
            Formats = { unheld with ForcedTools = Support.Yes }
            Caching = ConverseCaching.Messages
        }

    /// Models by words in their names; the first match counts. Source: Bedrock's pages on the parameters of each maker's models, on
    /// ToolChoice, on structured output, on prompt caching and on web grounding.
    let private known: (string * ConverseModel) list =
        [
            "nova-2", { nova with Thinking = ConverseThinking.Nova; WebSearch = Some "nova_grounding" }
            "nova-premier", { nova with WebSearch = Some "nova_grounding" }
            "nova", nova
            "gpt-oss", { unknown with Thinking = ConverseThinking.Effort }
            "mistral", { unknown with TopK = [ "top_k" ]; NamesTool = false }
            "cohere.command-r", { unknown with TopK = [ "k" ]; Formats = unforced }
            "llama", { unknown with Formats = unforced }
            "titan", { unknown with Formats = unforced }
            "jamba", { unknown with Formats = unforced }
        ]

    /// Schemas are enforced since Claude 4.5, prompts cached since Claude 3.7 and by Claude 3.5 Haiku.
    let private claude (name: string) : ConverseModel =
        let since found =
            match AnthropicModel.version name with
            | Some version -> not (AnthropicModel.isBefore found version)
            | None -> false

        let caches = since (3, 7) || (since (3, 5) && name.Contains("haiku", StringComparison.OrdinalIgnoreCase))

        {
            TopK = [ "top_k" ]
            Thinking = ConverseThinking.Anthropic(AnthropicModel.ofName name)
            Formats =
                { unheld with
                    StrictSchemas = if since (4, 5) then Support.Yes else Support.No
                    ForcedTools = Support.Yes
                }
            NamesTool = true
            Caching = if caches then ConverseCaching.All(since (4, 5)) else ConverseCaching.Absent
            WebSearch = None
        }

    /// <summary>What a model takes, by its name; only the common parameters where it is not known.</summary>
    /// <example><c>(ConverseModel.ofName "us.amazon.nova-lite-v1:0").TopK</c> evaluates to <c>[ "inferenceConfig"; "topK" ]</c>.</example>
    let ofName (name: string) : ConverseModel =
        let has (word: string) = name.Contains(word, StringComparison.OrdinalIgnoreCase)

        if has "claude" then
            claude name
        else
            known |> List.tryFind (fun (word, _) -> has word) |> Option.map snd |> Option.defaultValue unknown

/// <summary>How an endpoint of Converse differs.</summary>
/// <example><c>{ ConverseDialect.standard with Provider = "mine" }</c></example>
[<NoComparison; NoEquality>]
type ConverseDialect =
    {
        /// The provider's id, in errors, warnings and the origin of messages.
        Provider: string
        /// Path below the base url, for a model (its id, or the ARN of an inference profile) and whether the answer is streamed.
        Path: string -> bool -> string
        /// What the model of a name takes.
        Model: string -> ConverseModel
        /// <c>maxTokens</c> where the caller gives none and a Claude is to think with a budget, which must be smaller. In tokens.
        DefaultMaxTokens: int
    }

/// The dialects of known endpoints.
[<RequireQualifiedAccess>]
module ConverseDialect =
    /// <summary>
    /// Amazon Bedrock, below <c>https://bedrock-runtime.REGION.amazonaws.com</c>. Source: Bedrock's API reference, Converse and
    /// ConverseStream.
    /// </summary>
    /// <example>
    /// <c>ConverseDialect.standard.Path "us.amazon.nova-lite-v1:0" true</c> evaluates to
    /// <c>"model/us.amazon.nova-lite-v1%3A0/converse-stream"</c>.
    /// </example>
    let standard: ConverseDialect =
        {
            Provider = "bedrock"
            Path =
                fun model stream ->
                    let verb = if stream then "converse-stream" else "converse"
                    $"model/{Uri.EscapeDataString model}/{verb}"
            Model = ConverseModel.ofName
            DefaultMaxTokens = 16000
        }

    /// The dialect under another provider's id, for callers who cannot copy a record and change a field.
    let internal withProvider (provider: string) (dialect: ConverseDialect) : ConverseDialect = { dialect with Provider = provider }
