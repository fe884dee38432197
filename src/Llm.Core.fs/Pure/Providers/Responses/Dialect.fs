// Where vendors of the OpenAI Responses format differ, as data. Read by the encoder and decoder of this folder; vendors' values
// stand in Vendors.fs.
namespace Llm.Core

/// <summary>
/// A vendor's way of speaking the OpenAI Responses format (https://platform.openai.com/docs/api-reference/responses). Take
/// <c>ResponsesDialect.standard</c> and change what differs.
/// </summary>
/// <example><c>{ ResponsesDialect.standard with Provider = "xai"; Store = Some false }</c></example>
[<NoComparison; NoEquality>]
type ResponsesDialect =
    {
        /// Id of the provider: in errors, warnings and the origin of messages.
        Provider: string
        /// Path below the base url, with a query where the vendor wants one.
        Path: string
        /// The role that system messages are sent with: <c>developer</c>, or <c>system</c> where the vendor does not know that.
        SystemRole: string
        /// Whether a model reasons: one that does not refuses <c>reasoning</c>, so it is left out with a warning.
        Reasons: string -> bool
        /// The word for a level of thinking, for a model; None leaves <c>reasoning.effort</c> out.
        Effort: string -> ThinkingLevel -> string option
        /// Whether the vendor keeps the answer for later reference; None does not send <c>store</c> and leaves it to the vendor.
        Store: bool option
        /// What else the answer should hold, such as <c>reasoning.encrypted_content</c> for vendors that keep nothing.
        Include: string list
        /// By what a model can be held to a format.
        Formats: string -> FormatSupport
        /// The type of the tool that searches the web; None where the vendor has none.
        WebSearch: string option
        /// The path below the base url at which the vendor counts a call's tokens; None where it does not.
        CountPath: string option
    }

/// Values of <see cref="T:Llm.Core.ResponsesDialect"/>.
[<RequireQualifiedAccess>]
module ResponsesDialect =
    /// https://platform.openai.com/docs/api-reference/responses/create#responses-create-reasoning
    let private openaiEffort (level: ThinkingLevel) =
        match level with
        | ThinkingLevel.None -> "none"
        | ThinkingLevel.Default -> "medium"
        | ThinkingLevel.Minimal -> "minimal"
        | ThinkingLevel.Low -> "low"
        | ThinkingLevel.Medium -> "medium"
        | ThinkingLevel.High -> "high"
        | ThinkingLevel.Max -> "xhigh"

    /// <summary>What OpenAI and those who speak alike have in common.</summary>
    let standard: ResponsesDialect =
        {
            Provider = "openai"
            Path = "responses"
            SystemRole = "developer"
            Reasons = OpenAIModel.reasons
            Effort = fun _ level -> Some(openaiEffort level)
            Store = None
            Include = []
            Formats = OpenAIModel.formats
            WebSearch = Some "web_search"
            CountPath = None
        }

    /// <summary>OpenAI itself, which counts tokens too (platform.openai.com/docs/api-reference/responses/input-tokens).</summary>
    let openai: ResponsesDialect = { standard with CountPath = Some "responses/input_tokens" }

    /// The dialect under another provider's id, for callers who cannot copy a record and change a field.
    let internal withProvider (provider: string) (dialect: ResponsesDialect) : ResponsesDialect = { dialect with Provider = provider }
