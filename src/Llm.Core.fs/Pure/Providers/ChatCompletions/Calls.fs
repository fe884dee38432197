// The tool calls of a chat completions answer, found by all that may name them: nothing limits how many a server sends, so that none is
// searched for one by one. Changed by Parts; read by the decoders.
namespace Llm.Core

/// A tool call that has begun.
type internal ChatCall =
    {
        /// The index of its part.
        Part: int
        /// The vendor's index, where it sends one.
        Position: int voption
        /// The vendor's id; empty while there is none.
        WireId: string
        /// The id in the reply.
        Id: string
        Name: string
        /// Whether it has begun in the reply: it cannot without its name.
        IsStarted: bool
        /// What came before the name did.
        Waiting: TextBuffer
        HasArguments: bool
        /// Whether the first arguments were a whole object: then more of them belong to another call.
        CameWhole: bool
        /// A call of a custom tool, whose input is no JSON: it goes out whole.
        IsCustom: bool
        /// Members that we do not know, such as a signature, which must go back.
        Extra: (string * string) list
    }

/// Calls in the order of the answer, and what leads to them.
type internal ChatCalls =
    private
        {
            /// By the index of their parts.
            parts: ByIndex<ChatCall>
            /// The part of the newest call at an index of the vendor's.
            positions: ByIndex<int>
            /// The part of the newest call with an id of the vendor's.
            wireIds: ByText<int>
            /// The ids in the reply.
            ids: ByText<unit>
        }

[<RequireQualifiedAccess>]
module internal ChatCalls =
    let empty: ChatCalls = { parts = ByIndex.empty; positions = ByIndex.empty; wireIds = ByText.empty; ids = ByText.empty }

    /// The calls, the oldest first.
    let inOrder (calls: ChatCalls) : ChatCall list = ByIndex.values calls.parts

    /// Whether a call of the reply has this id.
    let hasId (id: string) (calls: ChatCalls) : bool = ByText.containsKey id calls.ids

    let private atPart (calls: ChatCalls) (part: int voption) : ChatCall voption =
        match part with
        | ValueSome part -> ByIndex.tryFind part calls.parts
        | ValueNone -> ValueNone

    /// The newest call at an index of the vendor's.
    let atPosition (position: int) (calls: ChatCalls) : ChatCall voption = ByIndex.tryFind position calls.positions |> atPart calls

    /// The newest call with an id of the vendor's.
    let withWireId (id: string) (calls: ChatCalls) : ChatCall voption = ByText.tryFind id calls.wireIds |> atPart calls

    /// The newest call.
    let newest (calls: ChatCalls) : ChatCall voption = ByIndex.tryHighest calls.parts |> atPart calls

    /// Whether a call is newer than the one that was found in its place, if any was.
    let private isNewer (part: int) (found: int voption) : bool = found.IsNone || found.Value < part

    let private withPosition (call: ChatCall) (positions: ByIndex<int>) : ByIndex<int> =
        match call.Position with
        | ValueSome position when isNewer call.Part (ByIndex.tryFind position positions) -> ByIndex.add position call.Part positions
        | _ -> positions

    let private withId (call: ChatCall) (wireIds: ByText<int>) : ByText<int> =
        if call.WireId <> "" && isNewer call.Part (ByText.tryFind call.WireId wireIds) then
            ByText.add call.WireId call.Part wireIds
        else
            wireIds

    /// The calls with a new one, or with a known one as it is now. Its part and its position never change.
    let put (call: ChatCall) (calls: ChatCalls) : ChatCalls =
        let others =
            match ByIndex.tryFind call.Part calls.parts with
            | ValueSome before when before.Id <> call.Id -> ByText.remove before.Id calls.ids
            | _ -> calls.ids

        {
            parts = ByIndex.add call.Part call calls.parts
            positions = withPosition call calls.positions
            wireIds = withId call calls.wireIds
            ids = if ByText.containsKey call.Id others then others else ByText.add call.Id () others
        }
