// Tool calls while they stream: a fold of chunks, used by the views of a stream.
namespace Llm.Core

/// <summary>How far a tool call has come with a chunk.</summary>
[<NoComparison; NoEquality>]
type ToolCallProgress =
    internal
        {
            At: int
            CallId: string
            Tool: string
            Added: string
            Text: TextBuffer
            IsLast: bool
        }

    /// Which part of the answer it is.
    member this.Index = this.At

    /// The call's id.
    member this.Id = this.CallId

    /// The tool's name.
    member this.Name = this.Tool

    /// What this chunk adds to the arguments; empty when the call begins or is whole.
    member this.Delta = this.Added

    /// The arguments so far, as JSON text that may be cut off anywhere. The text is made when it is asked for.
    member this.Arguments: string = this.Text.ToString()

    /// The whole call, with its last chunk; None before.
    member this.Whole: ToolCall option =
        if this.IsLast then
            let text = this.Arguments
            Some { Id = this.CallId; Name = this.Tool; Arguments = (if text = "" then "{}" else text) }
        else
            None

/// The calls that have begun, by their index.
type internal GrowingToolCalls = ByIndex<struct (string * string * TextBuffer)>

/// <summary>Functions on <see cref="T:Llm.Core.ToolCallProgress"/>.</summary>
[<RequireQualifiedAccess>]
module ToolCallProgress =
    let internal empty: GrowingToolCalls = ByIndex.empty

    let private progress index id name delta (arguments: TextBuffer) isWhole : ToolCallProgress =
        { At = index; CallId = id; Tool = name; Added = delta; Text = arguments; IsLast = isWhole }

    /// What a chunk says of the tool call that it belongs to.
    let internal step (state: GrowingToolCalls) (chunk: Chunk) : struct (ToolCallProgress option * GrowingToolCalls) =
        match chunk with
        | Chunk.ToolCallStart(index, id, name) when not (ByIndex.containsKey index state) ->
            let begun = ByIndex.add index (struct (id, name, TextBuffer.empty)) state
            struct (Some(progress index id name "" TextBuffer.empty false), begun)
        | Chunk.ToolCallDelta(index, delta) ->
            match ByIndex.tryFind index state with
            | ValueSome(struct (id, name, arguments)) ->
                let longer = TextBuffer.append delta arguments
                struct (Some(progress index id name delta longer false), ByIndex.add index (struct (id, name, longer)) state)
            | ValueNone -> struct (None, state)
        | Chunk.ToolCallEnd index ->
            match ByIndex.tryFind index state with
            | ValueSome(struct (id, name, arguments)) -> struct (Some(progress index id name "" arguments true), ByIndex.remove index state)
            | ValueNone -> struct (None, state)
        | Chunk.Part(index, AssistantPart.ToolCall call) ->
            let whole = progress index call.Id call.Name call.Arguments (TextBuffer.append call.Arguments TextBuffer.empty) true
            struct (Some whole, state)
        | _ -> struct (None, state)

    /// <summary>What is known of the arguments so far: what has not begun is absent, and only the last of all is growing.</summary>
    let known (progress: ToolCallProgress) : PartialJson option = PartialJson.read progress.Arguments
