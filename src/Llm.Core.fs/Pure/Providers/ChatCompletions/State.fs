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

type internal ChatState =
    {
        Next: int
        Open: ChatOpen
        Calls: ChatCalls
        Audio: ChatAudio
        Usage: ChatUsage
        /// The answer's id.
        AnswerId: string option
        HasModel: bool
        ThoughtSource: ThoughtSource
        /// The newest first.
        Details: ReasoningDetail list
        /// The parts that are text, the newest first.
        Texts: int list
        IsRefused: bool
        IsFinished: bool
        Reason: FinishReason option
        IsDone: bool
    }

/// A state on its way through an event, and the chunks so far, the newest first.
[<Struct; NoComparison; NoEquality>]
type internal ChatProgress = { State: ChatState; Emitted: Chunk list }

[<RequireQualifiedAccess>]
module internal ChatState =
    let initial: ChatState =
        {
            Next = 0
            Open = ChatOpen.Nothing
            Calls = ChatCalls.empty
            Audio = { Part = ValueNone; Id = None; Rest = "" }
            Usage = ChatUsage.none
            AnswerId = None
            HasModel = false
            ThoughtSource = ThoughtSource.Unknown
            Details = []
            Texts = []
            IsRefused = false
            IsFinished = false
            Reason = None
            IsDone = false
        }

    let start (state: ChatState) : ChatProgress = { State = state; Emitted = [] }

    let emit (chunk: Chunk) (progress: ChatProgress) : ChatProgress = { progress with Emitted = chunk :: progress.Emitted }

    let inline change ([<InlineIfLambda>] change: ChatState -> ChatState) (progress: ChatProgress) : ChatProgress =
        { progress with State = change progress.State }

    let chunks (progress: ChatProgress) : Chunk list = List.rev progress.Emitted
