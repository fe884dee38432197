// How a stream is shown as text while it grows: a fold from chunks to pieces of text, whose concatenation is what Content.text or
// Content.pretty gives for the whole. Parts that providers interleave are shown one after the other: a later part waits, in memory,
// until those before it are whole.
namespace Llm.Core

open System

/// What a view shows.
[<RequireQualifiedAccess>]
type internal ViewStyle =
    /// As Content.text: texts and transcripts.
    | Text
    /// As Content.pretty: all parts.
    | Pretty
    /// As Content.joined: the texts without anything between them.
    | Joined

/// A part that is being shown, or waits to be.
type internal ViewPart =
    {
        Index: int
        /// What stands before it; taken when it is first shown.
        Header: string
        IsThought: bool
        IsToolCall: bool
        /// What has come and is not shown yet.
        Waiting: TextBuffer
        /// Whether anything of it was shown, its header included.
        IsShown: bool
        /// Whether it has arguments other than white space.
        HasArguments: bool
        IsWhole: bool
    }

/// The state of a view: an immutable value, and a small one, for most chunks change nothing of it.
[<Struct; NoComparison; NoEquality>]
type internal View =
    {
        Style: ViewStyle
        /// The part that is shown as it grows.
        Head: ViewPart voption
        /// The parts after it.
        Later: ByIndex<ViewPart>
        /// Whether anything was shown, so that a separator is due.
        HasShown: bool
    }

[<RequireQualifiedAccess>]
module internal View =
    let start (style: ViewStyle) : View = { Style = style; Head = ValueNone; Later = ByIndex.empty; HasShown = false }

    let private separator (style: ViewStyle) =
        match style with
        | ViewStyle.Text -> "\n"
        | ViewStyle.Pretty -> Content.partSeparator
        | ViewStyle.Joined -> ""

    let private part index header : ViewPart =
        {
            Index = index
            Header = header
            IsThought = false
            IsToolCall = false
            Waiting = TextBuffer.empty
            IsShown = false
            HasArguments = false
            IsWhole = false
        }

    /// The text that opens a part.
    let private opening (view: View) (shown: ViewPart) =
        if shown.IsShown then ""
        elif view.HasShown then separator view.Style + shown.Header
        else shown.Header

    /// Shows what waits in the view's head. Empty text opens nothing, but a tool call is shown by its header.
    let private flush (head: ViewPart) (view: View) : struct (string * View) =
        let waiting = head.Waiting.ToString()

        let arguments =
            if head.IsToolCall && head.IsWhole && not head.HasArguments then "{}"
            elif head.IsToolCall && not head.HasArguments then ""
            else waiting

        if arguments = "" && not (head.IsToolCall && not head.IsShown) then
            struct ("", view)
        else
            let kept = if head.IsToolCall && not head.HasArguments then head.Waiting else TextBuffer.empty

            struct (opening view head + arguments,
                    { view with HasShown = true; Head = ValueSome { head with Waiting = kept; IsShown = true } })

    /// Shows the head and, where it is whole, those that waited for it.
    let rec private advance (shown: string) (view: View) : struct (string * View) =
        match view.Head with
        | ValueSome head ->
            let struct (text, next) = flush head view

            if head.IsWhole then
                advance (shown + text) { next with Head = ValueNone }
            else
                struct (shown + text, next)
        | ValueNone ->
            match ByIndex.tryLowest view.Later with
            | ValueNone -> struct (shown, view)
            | ValueSome index ->
                advance shown { view with Head = ByIndex.tryFind index view.Later; Later = ByIndex.remove index view.Later }

    /// Changes the part of an index, which is made where it is not there.
    let private update (fresh: int -> ViewPart) index (change: ViewPart -> ViewPart) (view: View) : struct (string * View) =
        match view.Head with
        | ValueSome head when head.Index = index -> advance "" { view with Head = ValueSome(change head) }
        | ValueSome _ ->
            let known = ByIndex.tryFind index view.Later |> ValueOption.defaultWith (fun () -> fresh index)

            struct ("", { view with Later = ByIndex.add index (change known) view.Later })
        | ValueNone -> advance "" { view with Head = ValueSome(change (fresh index)) }

    let private textPart index = part index ""

    let private thoughtPart index = { part index Content.thoughtHeader with IsThought = true }

    let private toolCallPart name index = { part index (Content.toolCallHeader name) with IsToolCall = true }

    let private append (text: string) (target: ViewPart) =
        let shownText = if target.IsThought then Content.indentThought text else text

        { target with
            Waiting = TextBuffer.append shownText target.Waiting
            HasArguments = target.HasArguments || (target.IsToolCall && not (String.IsNullOrWhiteSpace text))
        }

    let private close (target: ViewPart) = { target with IsWhole = true }

    /// Whether a part's text is shown as it comes: nothing of such a head ever waits.
    let private isPlain (part: ViewPart) = not part.IsThought && not part.IsToolCall

    /// Changes a part that is known; an unknown one cannot end, and a tool call cannot begin in its middle.
    let private updateKnown index (change: ViewPart -> ViewPart) (view: View) : struct (string * View) =
        match view.Head with
        | ValueSome head when head.Index = index -> update textPart index change view
        | _ when ByIndex.containsKey index view.Later -> update textPart index change view
        | _ -> struct ("", view)

    let private closeAll (view: View) =
        if view.Head.IsNone && ByIndex.isEmpty view.Later then
            struct ("", view)
        else
            advance "" { view with Head = ValueOption.map close view.Head; Later = ByIndex.map close view.Later }

    /// The text of one more chunk, and the view after it.
    let step (view: View) (chunk: Chunk) : struct (string * View) =
        let isPretty = view.Style.IsPretty

        match chunk with
        | Chunk.TextDelta(index, text)
        | Chunk.AudioTranscriptDelta(index, text) ->
            match view.Head with
            // The hot path: the head's text goes through as it is.
            | ValueSome head when head.Index = index && head.IsShown && isPlain head -> struct (text, view)
            | ValueSome head when head.Index = index && isPlain head && text <> "" ->
                struct (opening view head + text, { view with HasShown = true; Head = ValueSome { head with IsShown = true } })
            | _ -> update textPart index (append text) view
        | Chunk.TextStart index
        | Chunk.AudioStart(index, _) -> update textPart index id view
        | Chunk.TextEnd index
        | Chunk.AudioEnd index ->
            match view.Head with
            | ValueSome head when head.Index = index && isPlain head -> advance "" { view with Head = ValueNone }
            | _ -> updateKnown index close view
        | Chunk.ThoughtStart index when isPretty -> update thoughtPart index id view
        | Chunk.ThoughtDelta(index, thought) when isPretty -> update thoughtPart index (append thought) view
        | Chunk.ThoughtEnd index when isPretty -> updateKnown index close view
        | Chunk.ToolCallStart(index, _, name) when isPretty -> update (toolCallPart name) index id view
        | Chunk.ToolCallDelta(index, arguments) when isPretty -> updateKnown index (append arguments) view
        | Chunk.ToolCallEnd index when isPretty -> updateKnown index close view
        | Chunk.Part(index, whole) ->
            let text = if isPretty then Content.prettyPart whole else Content.text [ whole ]

            update textPart index (append text >> close) view
        | Chunk.Finish _ -> closeAll view
        | _ -> struct ("", view)
