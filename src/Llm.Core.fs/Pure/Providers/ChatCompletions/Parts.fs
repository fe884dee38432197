// The steps of a chat completions decoder: parts begin, grow and end. Called by DecodeMessage and Decode.
namespace Llm.Core

open System
open System.Text

[<RequireQualifiedAccess>]
module internal ChatParts =
    /// The index of a new part.
    let private take (progress: ChatProgress) : struct (int * ChatProgress) =
        struct (progress.State.Next, progress |> ChatState.change (fun state -> { state with Next = state.Next + 1 }))

    /// Says that the text or thought that grows is whole.
    let private emitEnd (progress: ChatProgress) : ChatProgress =
        match progress.State.Open with
        | ChatOpen.Nothing -> progress
        | ChatOpen.Text index
        | ChatOpen.Refusal index -> ChatState.emit (Chunk.TextEnd index) progress
        | ChatOpen.Thought index -> ChatState.emit (Chunk.ThoughtEnd index) progress

    /// Ends the text or thought that grows.
    let closeOpen (progress: ChatProgress) : ChatProgress =
        match progress.State.Open with
        | ChatOpen.Nothing -> progress
        | _ -> progress |> emitEnd |> ChatState.change (fun state -> { state with Open = ChatOpen.Nothing })

    let private newText (opened: int -> ChatOpen) (value: string) (progress: ChatProgress) =
        let closed = closeOpen progress
        let index = closed.State.Next

        closed
        |> ChatState.emit (Chunk.TextStart index)
        |> ChatState.emit (Chunk.TextDelta(index, value))
        |> ChatState.change (fun state -> { state with Next = index + 1; Open = opened index; Texts = index :: state.Texts })

    /// More text of the answer.
    let text (value: string) (progress: ChatProgress) : ChatProgress =
        match progress.State.Open with
        | _ when value = "" -> progress
        | ChatOpen.Text index -> ChatState.emit (Chunk.TextDelta(index, value)) progress
        | _ -> newText ChatOpen.Text value progress

    /// More text of a refusal.
    let refusal (value: string) (progress: ChatProgress) : ChatProgress =
        match progress.State.Open with
        | _ when value = "" -> progress
        | ChatOpen.Refusal index -> ChatState.emit (Chunk.TextDelta(index, value)) progress
        | _ -> progress |> newText ChatOpen.Refusal value |> ChatState.change (fun state -> { state with IsRefused = true })

    /// More of a thought.
    let thought (value: string) (progress: ChatProgress) : ChatProgress =
        match progress.State.Open with
        | _ when value = "" -> progress
        | ChatOpen.Thought index -> ChatState.emit (Chunk.ThoughtDelta(index, value)) progress
        | _ ->
            let struct (index, taken) = take (closeOpen progress)

            taken
            |> ChatState.emit (Chunk.ThoughtStart index)
            |> ChatState.emit (Chunk.ThoughtDelta(index, value))
            |> ChatState.change (fun state -> { state with Open = ChatOpen.Thought index })

    /// A part that came whole.
    let part (value: AssistantPart) (progress: ChatProgress) : ChatProgress =
        let struct (index, taken) = take (closeOpen progress)
        ChatState.emit (Chunk.Part(index, value)) taken

    let private putCall (call: ChatCall) (progress: ChatProgress) =
        progress |> ChatState.change (fun state -> { state with Rare.Calls = ChatCalls.put call state.Calls })

    /// The vendor's id, or one of ours that no call of the answer has: the part's index makes it.
    let private idFor (wireId: string) (index: int) (state: ChatState) : string =
        let rec unused candidate = if ChatCalls.hasId candidate state.Calls then unused (candidate + "_") else candidate

        if wireId <> "" then wireId else unused (ToolCallId.make state.AnswerId index)

    /// A tool call begins; in the reply, once its name is known.
    let newCall (position: int voption) (wireId: string) (isCustom: bool) (progress: ChatProgress) : struct (ChatCall * ChatProgress) =
        let struct (index, taken) = take (closeOpen progress)

        let call =
            {
                Part = index
                Position = position
                WireId = wireId
                Id = idFor wireId index taken.State
                Name = ""
                IsStarted = false
                Waiting = TextBuffer.empty
                HasArguments = false
                CameWhole = false
                IsCustom = isCustom
                Extra = []
            }

        struct (call, putCall call taken)

    let private isWholeObject (arguments: string) =
        arguments.StartsWith '{'
        && match Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes arguments)) Dom.isObject with
           | Ok isObject -> isObject
           | Error _ -> false

    let private startCall (call: ChatCall) (progress: ChatProgress) =
        let begun = { call with IsStarted = true; Waiting = TextBuffer.empty }
        let waiting = call.Waiting.ToString()
        let started = progress |> putCall begun |> ChatState.emit (Chunk.ToolCallStart(call.Part, call.Id, call.Name))

        if waiting = "" then started else ChatState.emit (Chunk.ToolCallDelta(call.Part, waiting)) started

    /// More of a call: its name, its id when it came late, arguments, and members that we do not know.
    let growCall wireId name (arguments: string) extra (call: ChatCall) (progress: ChatProgress) : ChatProgress =
        let known =
            { call with
                WireId = if call.WireId = "" then wireId else call.WireId
                Id = if call.WireId = "" && wireId <> "" && not call.IsStarted then wireId else call.Id
                Name = if call.Name = "" then name else call.Name
                HasArguments = call.HasArguments || arguments <> ""
                CameWhole = call.CameWhole || (not call.HasArguments && isWholeObject arguments)
                Extra = if List.isEmpty extra then call.Extra else extra @ call.Extra |> List.distinctBy fst
            }

        let isLive = known.IsStarted && not known.IsCustom

        let grown =
            if isLive || arguments = "" then
                known
            else
                { known with Waiting = TextBuffer.append arguments known.Waiting }

        let kept = if grown = call then progress else putCall grown progress

        if isLive && arguments <> "" then ChatState.emit (Chunk.ToolCallDelta(call.Part, arguments)) kept
        elif not isLive && not known.IsCustom && known.Name <> "" then startCall grown kept
        else kept

    /// More of an item of reasoning details: it belongs to the last one when type and index are the same.
    let detail (key: string) growing rest (progress: ChatProgress) : ChatProgress =
        let pieces = growing |> List.map (fun (name, text) -> name, TextBuffer.append text TextBuffer.empty)

        let join (older: ReasoningDetail) =
            let joined =
                older.Growing
                |> List.map (fun (name, before) ->
                    match List.tryFind (fun (other, _) -> other = name) growing with
                    | Some(_, more) -> name, TextBuffer.append more before
                    | None -> name, before)

            let isNew known (name, _) = known |> List.forall (fun (other, _) -> other <> name)

            {
                Key = older.Key
                Growing = joined @ List.filter (isNew older.Growing) pieces
                Fixed = rest @ List.filter (isNew rest) older.Fixed
            }

        progress
        |> ChatState.change (fun state ->
            match state.Details with
            | last :: others when last.Key = key -> { state with Rare.Details = join last :: others }
            | details -> { state with Rare.Details = { Key = key; Growing = pieces; Fixed = rest } :: details })

    /// More audio: base64 in pieces of any length, and its transcript.
    let audio (id: string) (data: string) (transcript: string) (progress: ChatProgress) : ChatProgress =
        let before = progress.State.Audio

        let identified =
            if id = "" || before.Id.IsSome then
                progress
            else
                progress |> ChatState.change (fun state -> { state with Rare.Audio.Id = Some id })

        if data = "" && transcript = "" then
            identified
        else
            let struct (index, begun) =
                match before.Part with
                | ValueSome index -> struct (index, identified)
                | ValueNone ->
                    let struct (index, taken) = take (closeOpen identified)

                    struct (index,
                            taken
                            |> ChatState.emit (Chunk.AudioStart(index, taken.State.Audio.Id))
                            |> ChatState.change (fun state -> { state with Rare.Audio.Part = ValueSome index }))

            let characters = before.Rest + data
            let whole = characters.Length / 4 * 4
            let rest = characters.Substring whole

            let kept =
                if rest = before.Rest then
                    begun
                else
                    begun |> ChatState.change (fun state -> { state with Rare.Audio.Rest = rest })

            let heard =
                match Bytes.tryOfBase64 (characters.Substring(0, whole)) with
                | Some bytes when bytes.Length > 0 -> ChatState.emit (Chunk.AudioDelta(index, bytes)) kept
                | _ -> kept

            if transcript = "" then
                heard
            else
                ChatState.emit (Chunk.AudioTranscriptDelta(index, transcript)) heard

    let private endAudio (progress: ChatProgress) =
        match progress.State.Audio.Part with
        | ValueNone -> progress
        | ValueSome index ->
            let flushed =
                match Bytes.tryOfBase64 progress.State.Audio.Rest with
                | Some bytes when bytes.Length > 0 -> ChatState.emit (Chunk.AudioDelta(index, bytes)) progress
                | _ -> progress

            ChatState.emit (Chunk.AudioEnd index) flushed

    let private customPart (call: ChatCall) : AssistantPart =
        let json =
            Json.trusted (
                $"{{\"id\":{Json.quote call.Id},\"type\":\"custom\",\"custom\":{{\"name\":{Json.quote call.Name},"
                + $"\"input\":{Json.quote (call.Waiting.ToString())}}}}}"
            )

        AssistantPart.Other { Kind = "custom"; Json = json }

    /// A call whose name never came begins at its end, without one.
    let private endCall (call: ChatCall) (progress: ChatProgress) =
        if call.IsCustom then
            ChatState.emit (Chunk.Part(call.Part, customPart call)) progress
        else
            let begun = if call.IsStarted then progress else startCall call progress
            ChatState.emit (Chunk.ToolCallEnd call.Part) begun

    /// Says that all parts are whole. They stay open in the state: after this it changes anyway.
    let emitEnds (progress: ChatProgress) : ChatProgress =
        let mutable closed = emitEnd progress

        for call in ChatCalls.inOrder progress.State.Calls do
            closed <- endCall call closed

        endAudio closed
