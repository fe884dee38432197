// Reads chat completions, whole and streamed, through the same functions.
// The hot deltas of a stream are read by DecodeFast; this file decides what everything means.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal ChatDecode =
    let private orEmpty (value: string voption) = ValueOption.defaultValue "" value

    let private readWhole (message: JsonElement) (progress: ChatProgress) : ChatProgress =
        let read = ChatDecodeMessage.read true message progress

        // The message as it came lacks an id of ours, by which the call's output must find the call.
        if ChatCalls.inOrder read.State.Calls |> List.exists (fun call -> call.WireId = "") then
            read
        else
            ChatState.emit (Chunk.Native [ NativeFragment.Sent(Json.trusted (ChatNative.ofWhole message)) ]) read

    let private isEmpty (state: ChatState) = state.Next = 0

    /// Some vendors answer a streamed request with a message, others send the message so far beside each delta.
    let private readChoice (choice: JsonElement) (progress: ChatProgress) : ChatProgress =
        let afterDelta =
            match Dom.property "delta" choice with
            | ValueSome delta -> ChatDecodeMessage.read false delta progress
            | ValueNone -> progress

        match Dom.property "message" choice with
        | ValueSome message when isEmpty afterDelta.State && Dom.isObject message -> readWhole message afterDelta
        | _ -> afterDelta

    /// Only the first choice is read.
    let private firstChoice (root: JsonElement) : JsonElement voption =
        root
        |> Dom.tryItem (fun choice -> Dom.isObject choice && Dom.int "index" choice |> ValueOption.defaultValue 0 = 0) "choices"

    let private readMeta (root: JsonElement) (progress: ChatProgress) : ChatProgress =
        let fresh name isKnown = if isKnown then "" else Dom.nonEmpty name root |> orEmpty
        ChatFrame.meta (fresh "id" progress.State.AnswerId.IsSome) (fresh "model" progress.State.HasModel) progress

    let private readUsage (root: JsonElement) (progress: ChatProgress) : ChatProgress =
        let over (sent: JsonElement voption) (before: ChatUsage) =
            match sent with
            | ValueSome usage -> ChatUsage.merge before (ChatUsage.ofElement usage)
            | ValueNone -> before

        let groq = Dom.property "x_groq" root |> ValueOption.bind (Dom.property "usage")
        let sent = progress.State.Usage |> over groq |> over (Dom.property "usage" root)
        ChatFrame.usage sent progress

    let private hasError (element: JsonElement) =
        Dom.property "error" element
        |> ValueOption.exists (fun error -> Dom.isObject error || (Dom.asString error |> orEmpty) <> "")

    /// What of an event or answer says that it failed: itself, its choice (openrouter.ai/docs/api-reference/overview), or Groq's member
    /// beside the choices (console.groq.com/docs/api-reference).
    let private failureOf (root: JsonElement) : JsonElement voption =
        if hasError root || (not (Dom.has "choices" root) && Dom.says "object" "error" root) then
            ValueSome root
        else
            firstChoice root
            |> ValueOption.filter hasError
            |> ValueOption.orElseWith (fun () -> Dom.property "x_groq" root |> ValueOption.filter hasError)

    let private hasProperty (name: string) (element: JsonElement) = (Dom.propertyOrNull name element).IsSome

    /// Vendors of Google's send errors within an array.
    let private unwrap (root: JsonElement) =
        if root.ValueKind = JsonValueKind.Array then
            Dom.asItems root |> List.tryHead |> Option.defaultValue root
        else
            root

    /// An event of a stream, once parsed.
    let private readEvent (provider: string) (name: string) (state: ChatState) (document: JsonElement) =
        let root = unwrap document

        match failureOf root with
        | ValueSome failure -> Error(ErrorBody.within provider root failure)
        | ValueNone when name = "error" -> Error(ErrorBody.ofElement provider root)
        | ValueNone ->
            let choice = firstChoice root
            let begun = ChatState.start state |> readMeta root

            let said =
                match choice with
                | ValueSome choice when not state.IsFinished -> readChoice choice begun
                | _ -> begun

            // A finished stream is finished by its words; an event that holds a whole message without them is finished by being whole.
            let finished =
                match choice with
                | ValueSome choice ->
                    match Dom.nonEmpty "finish_reason" choice with
                    | ValueSome word -> ChatFrame.finish (ChatDecodeMessage.finishReason word) said
                    | ValueNone when Dom.has "message" choice && not (Dom.has "delta" choice) -> ChatFrame.finish None said
                    | ValueNone -> said
                | ValueNone -> said

            Ok(readUsage root finished)

    /// What an event says that is an error besides: the last words of the answer, and what was used.
    let beside (state: ChatState) (event: WireEvent) : Chunks =
        let read document =
            let root = unwrap document
            let begun = ChatState.start state |> readMeta root

            let said =
                match firstChoice root with
                | ValueSome choice when not state.IsFinished -> readChoice choice begun
                | _ -> begun

            said |> readUsage root |> ChatState.chunks

        match Dom.parse event.Data read with
        | Ok chunks -> chunks
        | Error _ -> Chunks.empty

    let private doneMark = "[DONE]"B

    /// After the end nothing else matters.
    let private ended: ChatState = { ChatState.initial with IsDone = true }

    /// The end that some vendors send after the last event, and that counts where no finish reason came.
    let private readDone (state: ChatState) : ChatProgress = ChatState.start state |> ChatFrame.finish None |> ChatState.withState ended

    /// Reads any event.
    let careful (provider: string) (state: ChatState) (event: WireEvent) : Result<struct (Chunks * ChatState), LlmError> =
        let data = MemoryExtensions.Trim(event.Data.Span, " \t\r\n"B)

        let given (progress: ChatProgress) = struct (ChatState.chunks progress, progress.State)

        if state.IsDone || data.Length = 0 then
            Ok(struct (Chunks.empty, state))
        elif data.SequenceEqual doneMark then
            Ok(given (readDone state))
        else
            match Dom.parse event.Data (readEvent provider event.Name state) with
            | Ok read -> Result.map given read
            | Error message -> Error(ErrorBody.invalid provider message event.Data)

    /// A whole answer, once parsed, or what of it says that it failed. An answer without choices is none; a filtered choice may come
    /// without its message.
    let private readAnswer (provider: string) (body: ReadOnlyMemory<byte>) (document: JsonElement) : Result<Chunk list, LlmError> =
        let root = unwrap document

        match failureOf root with
        | ValueSome failure -> Error(ErrorBody.within provider root failure)
        | ValueNone when not (hasProperty "choices" root) ->
            if Dom.has "message" root || Dom.has "detail" root then
                Error(ErrorBody.ofElement provider root)
            else
                Error(ErrorBody.invalid provider "the answer has no choices" body)
        | ValueNone ->
            let begun = ChatState.start ChatState.initial |> readMeta root
            let choice = firstChoice root

            let message =
                choice
                |> ValueOption.bind (fun choice -> Dom.property "message" choice |> ValueOption.orElse (Dom.property "delta" choice))

            let said =
                match message with
                | ValueSome message when Dom.isObject message -> readWhole message begun
                | _ -> begun

            let reason =
                choice
                |> ValueOption.bind (Dom.nonEmpty "finish_reason")
                |> ValueOption.map ChatDecodeMessage.finishReason
                |> ValueOption.defaultValue None

            Ok(said |> ChatFrame.finish reason |> readUsage root |> ChatState.chunks |> Chunks.toList)

    /// Reads a whole answer.
    let whole (provider: string) (body: ReadOnlyMemory<byte>) : Result<Chunk list, LlmError> =
        match Dom.parse body (readAnswer provider body) with
        | Ok result -> result
        | Error message -> Error(ErrorBody.invalid provider message body)
