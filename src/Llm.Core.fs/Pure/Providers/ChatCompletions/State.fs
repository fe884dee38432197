// What a chat completions decoder knows between events. Changed by Parts; read by the decoders.
namespace Llm.Core

/// The text or thought that grows now; tool calls and audio stay open until the end, for their pieces may be mixed.
[<RequireQualifiedAccess>]
type internal ChatOpen =
    | Nothing
    | Text of index: int
    | Refusal of index: int
    | Thought of index: int

/// Where the stream's thoughts stand: some vendors send each twice, as a string and in details, and they are taken once.
[<RequireQualifiedAccess>]
type internal ThoughtSource =
    | Unknown
    | Strings
    | Details

/// The pieces of an item of `reasoning_details`, put together.
type internal ReasoningDetail =
    {
        Key: string
        /// Texts that grow.
        Growing: (string * TextBuffer) list
        /// The rest, as JSON text.
        Fixed: (string * string) list
    }

type internal ChatAudio =
    {
        Part: int voption
        Id: string option
        /// Base64 characters short of a group of four.
        Rest: string
    }

/// What few streams have.
type internal ChatRare =
    {
        Calls: ChatCalls
        Audio: ChatAudio
        ThoughtSource: ThoughtSource
        /// The newest first.
        Details: ReasoningDetail list
    }

/// Each event that frames a text makes a new one: what is rare stands apart.
type internal ChatState =
    {
        Next: int
        Open: ChatOpen
        Usage: ChatUsage
        /// The answer's id.
        AnswerId: string option
        HasModel: bool
        /// The parts that are text, the newest first.
        Texts: int list
        IsRefused: bool
        IsFinished: bool
        Reason: FinishReason option
        IsDone: bool
        Rare: ChatRare
    }

    member state.Calls = state.Rare.Calls
    member state.Audio = state.Rare.Audio
    member state.ThoughtSource = state.Rare.ThoughtSource
    member state.Details = state.Rare.Details

/// A state on its way through an event, and the chunks so far.
[<Struct; NoComparison; NoEquality>]
type internal ChatProgress =
    private
        {
            state: ChatState
            /// Null where there is none.
            first: Chunk
            /// Those after the first, the newest first: mostly there are none.
            more: Chunk list
        }

    member progress.State = progress.state

[<RequireQualifiedAccess>]
module internal ChatState =
    let initial: ChatState =
        {
            Next = 0
            Open = ChatOpen.Nothing
            Usage = ChatUsage.none
            AnswerId = None
            HasModel = false
            Texts = []
            IsRefused = false
            IsFinished = false
            Reason = None
            IsDone = false
            Rare =
                {
                    Calls = ChatCalls.empty
                    Audio = { Part = ValueNone; Id = None; Rest = "" }
                    ThoughtSource = ThoughtSource.Unknown
                    Details = []
                }
        }

    let start (state: ChatState) : ChatProgress = { state = state; first = Unchecked.defaultof<Chunk>; more = [] }

    let emit (chunk: Chunk) (progress: ChatProgress) : ChatProgress =
        if Chunks.isNone progress.first then
            { progress with first = chunk }
        else
            { progress with more = chunk :: progress.more }

    let withState (state: ChatState) (progress: ChatProgress) : ChatProgress = { progress with state = state }

    let inline change ([<InlineIfLambda>] change: ChatState -> ChatState) (progress: ChatProgress) : ChatProgress =
        withState (change progress.State) progress

    let chunks (progress: ChatProgress) : Chunks =
        if Chunks.isNone progress.first then
            Chunks.empty
        else
            Chunks.andThen (List.rev progress.more) progress.first
