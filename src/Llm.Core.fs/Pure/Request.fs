// What is asked of a model, before and after it is put into a wire format.
namespace Llm.Core

open System
open System.Text
open System.Text.Json

/// <summary>A call as the core knows it: what every encoder is given.</summary>
type Request =
    {
        /// The model, as the provider names it.
        Model: string
        /// The conversation so far.
        Messages: Message list
        /// How to answer.
        Params: Params
        /// Whether the answer is to be streamed.
        Stream: bool
        /// What the model may use.
        Tools: ToolRequest
        /// What the answer should look like.
        Format: OutputFormat option
    }

/// <summary>A call in a wire format, ready to be signed and sent.</summary>
[<NoComparison; NoEquality>]
type EncodedRequest =
    {
        /// Path and query below the provider's base url, without a leading slash, such as <c>chat/completions</c>.
        Path: string
        /// Headers that the format itself needs.
        Headers: Headers
        /// The body: JSON in UTF-8, written when it is sent.
        Body: RequestBody
        /// What was asked for and left out.
        Warnings: Warning list
        /// The format with the mode that was chosen.
        Format: OutputFormat option
    }

/// Functions on <see cref="T:Llm.Core.Request"/>.
[<RequireQualifiedAccess>]
module Request =
    /// <summary>The request, when it can be sent at all: at least one message, and parameters that make sense.</summary>
    let validate (request: Request) : Result<Request, LlmError> =
        if List.isEmpty request.Messages then
            Error(LlmError.InvalidRequest("messages", "a call needs at least one message"))
        elif request.Model = "" then
            Error(LlmError.InvalidRequest("model", "the model has no name"))
        else
            Params.validate request.Params
            |> Result.bind (fun _ -> ToolRequest.validate request.Tools)
            |> Result.map (fun _ -> request)

    /// <summary>A request of text alone: no tools, no format.</summary>
    let create (model: string) (parameters: Params) (stream: bool) (messages: Message list) : Request =
        {
            Model = model
            Messages = messages
            Params = parameters
            Stream = stream
            Tools = ToolRequest.none
            Format = None
        }

    /// What a function finds first among the parts of users' messages. Inlined, for it is asked at every call.
    let inline internal tryPickPart ([<InlineIfLambda>] pick: UserPart -> 'found option) (request: Request) : 'found option =
        let mutable found = None
        let mutable messages = request.Messages

        while found.IsNone && not messages.IsEmpty do
            match messages.Head with
            | Message.User user ->
                let mutable parts = user.Content

                while found.IsNone && not parts.IsEmpty do
                    found <- pick parts.Head
                    parts <- parts.Tail
            | Message.System _
            | Message.Assistant _ -> ()

            messages <- messages.Tail

        found

    let rec private holdsFormatCall (element: JsonElement) : bool =
        match element.ValueKind with
        | JsonValueKind.Array -> element.EnumerateArray() |> Seq.exists holdsFormatCall
        | JsonValueKind.Object ->
            element.EnumerateObject()
            |> Seq.exists (fun item ->
                match item.Value.ValueKind with
                | JsonValueKind.String -> item.NameEquals "name" && Dom.asString item.Value |> ValueOption.exists OutputFormat.isFormatTool
                | _ -> holdsFormatCall item.Value)
        | _ -> false

    /// Whether a provider's own form of a message calls the tool for structured output. What was called is text in the message by now, and
    /// the tool may be gone.
    let private callsFormatTool (native: Json) : bool =
        let text = Json.text native

        text.Contains(OutputFormat.toolName, StringComparison.Ordinal)
        && Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes text)) holdsFormatCall |> Result.defaultValue false

    /// The provider's own form of a message, where that very model may be given it back.
    let internal nativeFor (provider: string) (api: string) (request: Request) (message: AssistantMessage) : Json option =
        match message.Origin with
        | Some origin when
            origin.Provider = provider
            && origin.Api = api
            && origin.Model = request.Model
            && not (Params.encodesThoughtsAsText request.Params)
            ->
            origin.Native |> Option.filter (callsFormatTool >> not)
        | _ -> None
