// What the decoder of generateContent keeps between events, and the steps that move it: which part is open, what belongs to
// the message's native form. Both paths of the decoder move it; nothing here reads JSON of a whole event.
namespace Llm.Core

/// What kind of part grows. Neighbouring texts are one part, and so are neighbouring thoughts and pieces of audio.
[<RequireQualifiedAccess>]
type internal GeminiRun =
    | Nothing
    | Text
    | Thought
    | Audio of mediaType: string

/// A tool call whose arguments come value by value.
type internal StreamedCall =
    {
        Index: int
        /// The members `id` and `name` as they go back, with a comma after each.
        Head: string
        /// Latest first.
        Pieces: ArgumentPiece list
        /// What stood beside the call, as members with a comma before each: its signature.
        Beside: string
    }

/// What few events change.
type internal GeminiSetting =
    {
        /// In a whole answer every part goes into the native form as it came; in a stream the pieces of a text are put together.
        IsWhole: bool
        Id: string option
        Model: string option
        /// What stood beside the first text of the run, as members with a comma before each.
        Beside: string
        /// Native items that follow the run's own, latest first: signatures that came while the run grew.
        Following: Json list
        Call: StreamedCall option
    }

/// Each event that counts makes a new one: what few change stands apart.
type internal GeminiState =
    {
        /// The index of the next part; the part that grows has the one before it.
        Next: int
        Run: GeminiRun
        Counts: GeminiCounts
        Setting: GeminiSetting
    }

    member state.IsWhole = state.Setting.IsWhole
    member state.Id = state.Setting.Id
    member state.Model = state.Setting.Model
    member state.Beside = state.Setting.Beside
    member state.Following = state.Setting.Following
    member state.Call = state.Setting.Call

    // It is kept by whoever keeps what was used, for events that count one after the other and of which only the last is asked.
    interface ICounting with
        member this.Used = GeminiCounts.usage this.Counts |> ValueOption.defaultValue Usage.zero

/// A state on its way through an event, and the chunks so far.
[<Struct; NoComparison; NoEquality>]
type internal GeminiProgress =
    private
        {
            state: GeminiState
            /// Null where there is none.
            first: Chunk
            /// Those after the first, the newest first.
            more: Chunk list
        }

    member progress.State = progress.state

[<RequireQualifiedAccess>]
module internal GeminiState =
    let initial: GeminiState =
        {
            Next = 0
            Run = GeminiRun.Nothing
            Counts = GeminiCounts.none
            Setting = { IsWhole = false; Id = None; Model = None; Beside = ""; Following = []; Call = None }
        }

    /// Before a whole answer.
    let whole: GeminiState = { initial with Setting = { initial.Setting with IsWhole = true } }

    let start (state: GeminiState) : GeminiProgress = { state = state; first = Unchecked.defaultof<Chunk>; more = [] }

    let emit (chunk: Chunk) (progress: GeminiProgress) : GeminiProgress =
        if Chunks.isNone progress.first then
            { progress with first = chunk }
        else
            { progress with more = chunk :: progress.more }

    let chunks (progress: GeminiProgress) : Chunks =
        if Chunks.isNone progress.first then
            Chunks.empty
        else
            Chunks.andThen (List.rev progress.more) progress.first

    let native (item: Json) (progress: GeminiProgress) : GeminiProgress =
        emit (Chunk.Native [ NativeFragment.Raw(Json.text item) ]) progress

    let inline private change ([<InlineIfLambda>] update: GeminiState -> GeminiState) (progress: GeminiProgress) : GeminiProgress =
        { progress with state = update progress.State }

    let inline private changeSetting ([<InlineIfLambda>] update: GeminiSetting -> GeminiSetting) (progress: GeminiProgress) =
        change (fun state -> { state with Setting = update state.Setting }) progress

    let private thoughtMark = ",\"thought\":true"
    let private beforeText = NativeFragment.Raw "{\"text\":"
    let private afterText = [ NativeFragment.Raw "}" ]

    let private runItem (state: GeminiState) : Chunk =
        let mark = if state.Run.IsThought then thoughtMark else ""
        let isBare = mark = "" && state.Beside = ""
        let rest = if isBare then afterText else [ NativeFragment.Raw(mark + state.Beside + "}") ]
        Chunk.Native(beforeText :: NativeFragment.TextOf(state.Next - 1) :: rest)

    let private closeText (ended: int -> Chunk) (progress: GeminiProgress) : GeminiProgress =
        let state = progress.State
        let closed = emit (ended (state.Next - 1)) progress

        if state.IsWhole then closed
        elif state.Following.IsEmpty then emit (runItem state) closed
        else List.foldBack native state.Following (emit (runItem state) closed)

    let private closeRun (progress: GeminiProgress) : GeminiProgress =
        match progress.State.Run with
        | GeminiRun.Nothing -> progress
        | GeminiRun.Text -> closeText Chunk.TextEnd progress
        | GeminiRun.Thought -> closeText Chunk.ThoughtEnd progress
        | GeminiRun.Audio _ -> emit (Chunk.AudioEnd(progress.State.Next - 1)) progress

    let private closeCall (progress: GeminiProgress) : GeminiProgress =
        match progress.State.Call with
        | None -> progress
        | Some call ->
            progress
            |> emit (Chunk.ToolCallDelta(call.Index, PartialArguments.toObject (List.rev call.Pieces)))
            |> emit (Chunk.ToolCallEnd call.Index)
            |> emit (
                Chunk.Native
                    [
                        NativeFragment.Raw("{\"functionCall\":{" + call.Head + "\"args\":")
                        NativeFragment.ArgumentsOf call.Index
                        NativeFragment.Raw("}" + call.Beside + "}")
                    ]
            )

    /// Mostly nothing stood beside a text.
    let private closedSetting (setting: GeminiSetting) : GeminiSetting =
        match setting with
        | { Beside = ""; Following = []; Call = None } -> setting
        | _ -> { setting with Beside = ""; Following = []; Call = None }

    /// Ends whatever part is open.
    let close (progress: GeminiProgress) : GeminiProgress =
        match progress.State with
        | { Run = GeminiRun.Nothing; Setting = { Call = None } } -> progress
        | _ ->
            progress
            |> closeRun
            |> closeCall
            |> change (fun state -> { state with Run = GeminiRun.Nothing; Setting = closedSetting state.Setting })

    /// Ends what is open and takes the next index for a part that these chunks are.
    let part (chunks: int -> Chunk list) (progress: GeminiProgress) : GeminiProgress =
        let closed = close progress
        let index = closed.State.Next

        chunks index
        |> List.fold (fun progress chunk -> emit chunk progress) closed
        |> change (fun state -> { state with Next = index + 1 })

    let private startRun (run: GeminiRun) (started: int -> Chunk) (beside: string) (progress: GeminiProgress) : GeminiProgress =
        let closed = close progress
        let index = closed.State.Next

        closed
        |> emit (started index)
        |> change (fun state ->
            { state with
                Next = index + 1
                Run = run
                Setting = if beside = state.Beside then state.Setting else { state.Setting with Beside = beside }
            })

    /// Keeps an item for the way back that shows nothing.
    let keep (item: Json) (progress: GeminiProgress) : GeminiProgress =
        match progress.State.Run with
        | GeminiRun.Text
        | GeminiRun.Thought when not progress.State.IsWhole ->
            changeSetting (fun setting -> { setting with Following = item :: setting.Following }) progress
        | _ -> native item progress

    /// A text or thought that is not empty, with what stood beside it. Where it goes on with a run, its signature goes into an empty
    /// part of its own behind the run, which is the form that the API itself gives to a signature that comes late.
    let text (isThought: bool) (text: string) (beside: string) (progress: GeminiProgress) : GeminiProgress =
        let run = if isThought then GeminiRun.Thought else GeminiRun.Text

        let started =
            if progress.State.Run.Equals run then
                if beside = "" || progress.State.IsWhole then
                    progress
                else
                    let mark = if isThought then thoughtMark else ""
                    keep (Json.trusted ("{\"text\":\"\"" + mark + beside + "}")) progress
            else
                startRun run (if isThought then Chunk.ThoughtStart else Chunk.TextStart) beside progress

        let index = started.State.Next - 1
        emit (if isThought then Chunk.ThoughtDelta(index, text) else Chunk.TextDelta(index, text)) started

    let audio (mediaType: string) (data: Bytes) (progress: GeminiProgress) : GeminiProgress =
        let run = GeminiRun.Audio mediaType

        let started =
            if progress.State.Run.Equals run then
                progress
            else
                startRun run (fun index -> Chunk.AudioStart(index, None)) "" progress

        emit (Chunk.AudioDelta(started.State.Next - 1, data)) started

    /// A tool call begins whose arguments follow.
    let openCall (id: string voption) (name: string) (beside: string) (progress: GeminiProgress) : GeminiProgress =
        let answer = progress.State.Id
        let idMember = id |> ValueOption.map (fun id -> "\"id\":" + Json.quote id + ",") |> ValueOption.defaultValue ""

        let opened =
            progress
            |> part (fun index ->
                let id = id |> ValueOption.defaultWith (fun () -> ToolCallId.make answer index)
                [ Chunk.ToolCallStart(index, id, name) ])

        let call =
            {
                Index = opened.State.Next - 1
                Head = idMember + "\"name\":" + Json.quote name + ","
                Pieces = []
                Beside = beside
            }

        changeSetting (fun setting -> { setting with Call = Some call }) opened

    /// More of the call that is open.
    let growCall (pieces: ArgumentPiece list) (beside: string) (progress: GeminiProgress) : GeminiProgress =
        match progress.State.Call with
        | None -> progress
        | Some call ->
            let grown =
                { call with
                    Pieces = List.rev pieces @ call.Pieces
                    Beside = if call.Beside = "" then beside else call.Beside
                }

            changeSetting (fun setting -> { setting with Call = Some grown }) progress

    /// The answer's id and the model, each empty where it did not come and said where it is news, and the counters as they stand now,
    /// which are said at the event's end.
    let heard (id: string) (model: string) (counts: GeminiCounts) (progress: GeminiProgress) : GeminiProgress =
        let state = progress.State
        let news (known: string option) (said: string) = if known.IsSome || said = "" then None else Some said
        let newId = news state.Id id
        let newModel = news state.Model model

        if newId.IsNone && newModel.IsNone then
            if counts.Equals state.Counts then
                progress
            else
                change (fun state -> { state with Counts = counts }) progress
        else
            progress
            |> emit (Chunk.Meta(newId, newModel))
            |> change (fun state ->
                { state with
                    Counts = counts
                    Setting = { state.Setting with Id = Option.orElse newId state.Id; Model = Option.orElse newModel state.Model }
                })

    /// Whether the counters say something, and something else than before.
    let isUsageNews (before: GeminiState) (state: GeminiState) : bool =
        not (state.Counts.Equals before.Counts) && GeminiCounts.isAny state.Counts

    /// What was used, where that is news.
    let sayUsage (before: GeminiState) (progress: GeminiProgress) : GeminiProgress =
        if isUsageNews before progress.State then
            emit (Chunk.Usage(UsageUpdate.Snapshot (progress.State :> ICounting).Used)) progress
        else
            progress

    /// The chunks in the order in which they came, then what was used, where that is news, and the state.
    let takenWithUsage (before: GeminiState) (progress: GeminiProgress) : struct (Chunks * GeminiState) =
        let said = chunks progress

        if isUsageNews before progress.State then
            struct (Chunks.countedAfter progress.State said, progress.State)
        else
            struct (said, progress.State)

    /// The chunks in the order in which they came, and the state after them.
    let taken (progress: GeminiProgress) : struct (Chunks * GeminiState) = struct (chunks progress, progress.State)
