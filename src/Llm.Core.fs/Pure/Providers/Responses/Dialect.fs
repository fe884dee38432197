// Where vendors of the OpenAI Responses format differ, as data. Read by the encoder and decoder of this folder; vendors' values
// stand in Vendors.fs.
namespace Llm.Core

open System

/// <summary>
/// A vendor's way of speaking the OpenAI Responses format (https://platform.openai.com/docs/api-reference/responses). Take
/// <c>OpenAiResponses.standard</c> and change what differs.
/// </summary>
/// <example><c>{ OpenAiResponses.standard with Provider = "xai"; Store = Some false }</c></example>
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
    }

/// OpenAI's own dialect.
[<RequireQualifiedAccess>]
module internal ResponsesDialect =
    /// OpenAI's models that do not reason. Models that nobody knows yet are taken to reason.
    let private withoutReasoning =
        [ "gpt-3.5"; "gpt-4"; "chatgpt-4o"; "gpt-5-chat"; "davinci"; "babbage"; "ft:gpt-3.5"; "ft:gpt-4" ]

    let openAiReasons (model: string) =
        withoutReasoning |> List.exists (fun prefix -> model.StartsWith(prefix, StringComparison.Ordinal)) |> not

    /// https://platform.openai.com/docs/api-reference/responses/create#responses-create-reasoning
    let openAiEffort (level: ThinkingLevel) =
        match level with
        | ThinkingLevel.None -> "none"
        | ThinkingLevel.Default -> "medium"
        | ThinkingLevel.Minimal -> "minimal"
        | ThinkingLevel.Low -> "low"
        | ThinkingLevel.Medium -> "medium"
        | ThinkingLevel.High -> "high"
        | ThinkingLevel.Max -> "xhigh"

    let standard: ResponsesDialect =
        {
            Provider = "openai"
            Path = "responses"
            SystemRole = "developer"
            Reasons = openAiReasons
            Effort = fun _ level -> Some(openAiEffort level)
            Store = None
            Include = []
        }
