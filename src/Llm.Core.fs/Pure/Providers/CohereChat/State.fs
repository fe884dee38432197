// What a decoder of Cohere's v2 chat knows between events, and the steps that change it: parts begin, grow and end.
// Called by Decode for whole answers and for streams alike, so that both say the same.
namespace Llm.Core

/// What a part is on the wire. Contents and tool calls are counted apart; a tool plan has no position.
type internal CohereSlot =
    | Text = 0
    | Thought = 1
    | Plan = 2
    | Call = 3
    /// What we do not know.
    | Other = 4

/// A part that has begun.
type internal CoherePart =
    {
        Slot: CohereSlot
        /// Its index among the contents, or among the tool calls.
        Position: int
        /// The index of the part in the reply.
        Index: int
        /// Whether anything of it has come: a tool call may begin without arguments.
        HasText: bool
        /// JSON for the way back: of contents the members that we do not know, of calls all up to their arguments, else the whole.
        Raw: string
    }

type internal CohereState =
    {
        Next: int
        /// By their indices in the reply: nothing limits how many a server sends, so that none is searched for one by one.
        Parts: Map<int, CoherePart>
        /// The parts that may still grow, by their places on the wire.
        Open: Map<int64, int>
        /// Members of contents that we do not know, by position, with a comma before each.
        Extras: Map<int, string>
        /// As they came, the newest first.
        Citations: string list
        /// The answer's id.
        AnswerId: string option
        IsFinished: bool
        IsDone: bool
    }

/// A state on its way through an event, and the chunks so far, the newest first.
[<Struct; NoComparison; NoEquality>]
type internal CohereProgress = { State: CohereState; Emitted: Chunk list }

[<RequireQualifiedAccess>]
module internal CohereState =
    /// Before the first event.
    let initial: CohereState =
        {
            Next = 0
            Parts = Map.empty
            Open = Map.empty
            Extras = Map.empty
            Citations = []
            AnswerId = None
            IsFinished = false
            IsDone = false
        }

    let start (state: CohereState) : CohereProgress = { State = state; Emitted = [] }

    let emit (chunk: Chunk) (progress: CohereProgress) : CohereProgress = { progress with Emitted = chunk :: progress.Emitted }

    let change (change: CohereState -> CohereState) (progress: CohereProgress) : CohereProgress =
        { progress with State = change progress.State }

    let chunks (progress: CohereProgress) : Chunk list = List.rev progress.Emitted

    /// A tool plan has no position of its own.
    let planPosition = 0

    /// A slot and a position in it as one number, which is quick to compare.
    let private place (slot: CohereSlot) (position: int) : int64 = (int64 position <<< 3) ||| int64 slot

    /// The open part at a place.
    let findOpen (slot: CohereSlot) (position: int) (state: CohereState) : CoherePart voption =
        match state.Open.TryGetValue(place slot position) with
        | true, index -> ValueSome state.Parts[index]
        | _ -> ValueNone

    /// More of a part; ValueNone for one that does not grow.
    let deltaOf (part: CoherePart) (text: string) : Chunk voption =
        match part.Slot with
        | CohereSlot.Text -> ValueSome(Chunk.TextDelta(part.Index, text))
        | CohereSlot.Thought
        | CohereSlot.Plan -> ValueSome(Chunk.ThoughtDelta(part.Index, text))
        | CohereSlot.Call -> ValueSome(Chunk.ToolCallDelta(part.Index, text))
        | _ -> ValueNone

    let private endOf (part: CoherePart) : Chunk list =
        match part.Slot with
        | CohereSlot.Text -> [ Chunk.TextEnd part.Index ]
        | CohereSlot.Thought
        | CohereSlot.Plan -> [ Chunk.ThoughtEnd part.Index ]
        | CohereSlot.Call -> [ Chunk.ToolCallEnd part.Index ]
        | _ -> []

    let private endAll (places: int64 list) (progress: CohereProgress) : CohereProgress =
        match places |> List.filter (fun place -> Map.containsKey place progress.State.Open) with
        | [] -> progress
        | ending ->
            let state = progress.State

            let ended =
                progress
                |> change (fun state -> { state with Open = List.fold (fun rest place -> Map.remove place rest) state.Open ending })

            (ended, ending |> List.map (fun place -> state.Open[place]) |> List.sort)
            ||> List.fold (fun so index -> endOf state.Parts[index] |> List.fold (fun so chunk -> emit chunk so) so)

    /// Ends the open parts of these slots at a position, in the order of the answer.
    let close (slots: CohereSlot list) (position: int) (progress: CohereProgress) : CohereProgress =
        endAll (slots |> List.map (fun slot -> place slot position)) progress

    /// Ends all open parts, in the order of the answer.
    let closeAll (progress: CohereProgress) : CohereProgress = endAll (List.ofSeq progress.State.Open.Keys) progress

    /// A part begins. A tool plan has no end of its own: it ends where something else begins.
    let private add (slot: CohereSlot) (position: int) (hasText: bool) (raw: int -> string) (progress: CohereProgress) =
        let closed = close [ CohereSlot.Plan ] planPosition progress
        let index = closed.State.Next

        let part = { Slot = slot; Position = position; Index = index; HasText = hasText; Raw = raw index }

        let begin' (state: CohereState) =
            { state with
                Next = index + 1
                Parts = Map.add index part state.Parts
                Open = if slot = CohereSlot.Other then state.Open else Map.add (place slot position) index state.Open
            }

        struct (index, change begin' closed)

    let private growPart (part: CoherePart) (text: string) (progress: CohereProgress) : CohereProgress =
        let known =
            if part.HasText then
                progress
            else
                progress |> change (fun state -> { state with Parts = Map.add part.Index { part with HasText = true } state.Parts })

        match deltaOf part text with
        | ValueSome chunk -> emit chunk known
        | ValueNone -> known

    /// More text, thought or plan, which begins with its first characters.
    let grow (slot: CohereSlot) (position: int) (text: string) (progress: CohereProgress) : CohereProgress =
        match findOpen slot position progress.State with
        | _ when text = "" -> progress
        | ValueSome part -> growPart part text progress
        | ValueNone ->
            let extra = progress.State.Extras |> Map.tryFind position |> Option.defaultValue ""
            let raw = if slot = CohereSlot.Plan then "" else extra
            let struct (index, begun) = add slot position true (fun _ -> raw) progress

            match slot with
            | CohereSlot.Text -> begun |> emit (Chunk.TextStart index) |> emit (Chunk.TextDelta(index, text))
            | _ -> begun |> emit (Chunk.ThoughtStart index) |> emit (Chunk.ThoughtDelta(index, text))

    /// A tool call begins, by its id and name and with what else it has.
    let startCall (position: int) (id: string) (name: string) (extra: string) (progress: CohereProgress) : CohereProgress =
        let free = close [ CohereSlot.Call ] position progress
        let idAt index = if id = "" then ToolCallId.make free.State.AnswerId index else id

        let raw index = $"{{\"id\":{Json.quote (idAt index)},\"type\":\"function\"{extra},\"function\":{{\"name\":{Json.quote name}"

        let struct (index, begun) = add CohereSlot.Call position false raw free
        emit (Chunk.ToolCallStart(index, idAt index, name)) begun

    /// More arguments of a call that has begun.
    let growCall (position: int) (arguments: string) (progress: CohereProgress) : CohereProgress =
        match findOpen CohereSlot.Call position progress.State with
        | ValueSome part when arguments <> "" -> growPart part arguments progress
        | _ -> progress

    /// A content that we do not know.
    let other (position: int) (kind: string) (json: Json) (progress: CohereProgress) : CohereProgress =
        let struct (index, begun) = add CohereSlot.Other position true (fun _ -> Json.text json) progress
        emit (Chunk.Part(index, AssistantPart.Other { Kind = kind; Json = json })) begun

    let private raw text = NativeFragment.Raw text

    let private array (name: string) (items: NativeFragment list list) : NativeFragment list =
        match items with
        | [] -> []
        | first :: rest ->
            [
                raw $",\"{name}\":["
                yield! first
                for item in rest do
                    raw ","
                    yield! item
                raw "]"
            ]

    let private contentItem (part: CoherePart) : NativeFragment list voption =
        let typed kind = [ raw $"{{\"type\":\"{kind}\",\"{kind}\":"; NativeFragment.TextOf part.Index; raw (part.Raw + "}") ]

        match part.Slot with
        | CohereSlot.Text -> ValueSome(typed "text")
        | CohereSlot.Thought -> ValueSome(typed "thinking")
        | CohereSlot.Other -> ValueSome [ raw part.Raw ]
        | _ -> ValueNone

    let private callItem (part: CoherePart) : NativeFragment list voption =
        if part.Slot = CohereSlot.Call then
            let arguments = if part.HasText then NativeFragment.TextOf part.Index else raw "\"{}\""
            ValueSome [ raw (part.Raw + ",\"arguments\":"); arguments; raw "}}" ]
        else
            ValueNone

    /// The message that a stream was made of, where its texts and calls alone would lose something. A plan in pieces cannot be put
    /// together again.
    let native (state: CohereState) : NativeFragment list voption =
        let parts = List.ofSeq state.Parts.Values
        let plans = parts |> List.filter (fun part -> part.Slot = CohereSlot.Plan)
        let isPlain part = part.Slot = CohereSlot.Call || (part.Slot = CohereSlot.Text && part.Raw = "")
        let choose item = parts |> List.choose (item >> ValueOption.toOption)

        match plans with
        | _ :: _ :: _ -> ValueNone
        | _ when List.forall isPlain parts && List.isEmpty state.Citations -> ValueNone
        | _ ->
            ValueSome
                [
                    raw "{\"role\":\"assistant\""
                    for plan in plans do
                        raw ",\"tool_plan\":"
                        NativeFragment.TextOf plan.Index
                    yield! array "content" (choose contentItem)
                    yield! array "tool_calls" (choose callItem)
                    yield! array "citations" (state.Citations |> List.rev |> List.map (fun citation -> [ raw citation ]))
                    raw "}"
                ]
