// What a decoder of Ollama's native format knows between events, and the steps that change it. Called by Decode.
namespace Llm.Core

/// The text or thought that grows now.
[<RequireQualifiedAccess>]
type internal OllamaOpen =
    | Nothing
    | Text of index: int
    | Thought of index: int

type internal OllamaState =
    {
        Next: int
        Open: OllamaOpen
        /// The parts that are text, the newest first.
        Texts: int list
        /// The parts that are thoughts, the newest first.
        Thoughts: int list
        /// The tool calls as they came, the newest first.
        Calls: string list
        /// What we do not know as it came, the newest first.
        Others: (string * string) list
        /// When the answer began: Ollama gives it no id.
        Began: string option
        HasModel: bool
        IsDone: bool
    }

/// A state on its way through an event, and the chunks so far, the newest first.
[<Struct; NoComparison; NoEquality>]
type internal OllamaProgress = { State: OllamaState; Emitted: Chunk list }

[<RequireQualifiedAccess>]
module internal OllamaState =
    /// Before the first event.
    let initial: OllamaState =
        {
            Next = 0
            Open = OllamaOpen.Nothing
            Texts = []
            Thoughts = []
            Calls = []
            Others = []
            Began = None
            HasModel = false
            IsDone = false
        }

    let start (state: OllamaState) : OllamaProgress = { State = state; Emitted = [] }

    let emit (chunk: Chunk) (progress: OllamaProgress) : OllamaProgress = { progress with Emitted = chunk :: progress.Emitted }

    let change (change: OllamaState -> OllamaState) (progress: OllamaProgress) : OllamaProgress =
        { progress with State = change progress.State }

    let chunks (progress: OllamaProgress) : Chunk list = List.rev progress.Emitted

    /// Ends the text or thought that grows.
    let close (progress: OllamaProgress) : OllamaProgress =
        let closed () = progress |> change (fun state -> { state with Open = OllamaOpen.Nothing })

        match progress.State.Open with
        | OllamaOpen.Nothing -> progress
        | OllamaOpen.Text index -> closed () |> emit (Chunk.TextEnd index)
        | OllamaOpen.Thought index -> closed () |> emit (Chunk.ThoughtEnd index)

    /// The index of a new part, which ends the one that grows.
    let private take (progress: OllamaProgress) : struct (int * OllamaProgress) =
        let closed = close progress
        struct (closed.State.Next, closed |> change (fun state -> { state with Next = state.Next + 1 }))

    /// More text.
    let text (value: string) (progress: OllamaProgress) : OllamaProgress =
        match progress.State.Open with
        | _ when value = "" -> progress
        | OllamaOpen.Text index -> emit (Chunk.TextDelta(index, value)) progress
        | _ ->
            let struct (index, taken) = take progress

            taken
            |> change (fun state -> { state with Open = OllamaOpen.Text index; Texts = index :: state.Texts })
            |> emit (Chunk.TextStart index)
            |> emit (Chunk.TextDelta(index, value))

    /// More of a thought.
    let thought (value: string) (progress: OllamaProgress) : OllamaProgress =
        match progress.State.Open with
        | _ when value = "" -> progress
        | OllamaOpen.Thought index -> emit (Chunk.ThoughtDelta(index, value)) progress
        | _ ->
            let struct (index, taken) = take progress

            taken
            |> change (fun state -> { state with Open = OllamaOpen.Thought index; Thoughts = index :: state.Thoughts })
            |> emit (Chunk.ThoughtStart index)
            |> emit (Chunk.ThoughtDelta(index, value))

    /// A tool call, which comes whole.
    let call (id: string) (name: string) (arguments: string) (raw: string) (progress: OllamaProgress) : OllamaProgress =
        let struct (index, taken) = take progress
        let known = if id = "" then ToolCallId.make progress.State.Began index else id

        let begun =
            taken
            |> change (fun state -> { state with Calls = raw :: state.Calls })
            |> emit (Chunk.ToolCallStart(index, known, name))

        let said = if arguments = "" then begun else emit (Chunk.ToolCallDelta(index, arguments)) begun
        emit (Chunk.ToolCallEnd index) said

    /// What we do not know, by the member in which it came.
    let other (kind: string) (json: Json) (progress: OllamaProgress) : OllamaProgress =
        let struct (index, taken) = take progress

        taken
        |> change (fun state -> { state with Others = (kind, Json.text json) :: state.Others })
        |> emit (Chunk.Part(index, AssistantPart.Other { Kind = kind; Json = json }))

    let private raw text = NativeFragment.Raw text

    let private list (name: string) (items: string list) : NativeFragment list =
        match items with
        | [] -> []
        | reversed ->
            let items = reversed |> List.rev |> String.concat ","
            [ raw $",\"{name}\":[{items}]" ]

    /// The message that a stream was made of, where its texts and calls alone would lose something. Ollama has one text and one thought;
    /// a stream that went to and fro between them has no such message.
    let native (state: OllamaState) : NativeFragment list voption =
        match state.Texts, state.Thoughts with
        | _, [] when List.isEmpty state.Others -> ValueNone
        | _ :: _ :: _, _
        | _, _ :: _ :: _ -> ValueNone
        | texts, thoughts ->
            ValueSome
                [
                    raw "{\"role\":\"assistant\",\"content\":"
                    match texts with
                    | index :: _ -> NativeFragment.TextOf index
                    | [] -> raw "\"\""
                    for index in thoughts do
                        raw ",\"thinking\":"
                        NativeFragment.TextOf index
                    for kind, items in List.groupBy fst state.Others do
                        yield! list kind (List.map snd items)
                    yield! list "tool_calls" state.Calls
                    raw "}"
                ]
