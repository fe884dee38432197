// The tool calls of a chat completions answer, found by all that may name them: nothing limits how many a server sends, so that none is
// searched for one by one. Changed by Parts; read by the decoders.
namespace Llm.Core

open System.Collections.Generic

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
            parts: Map<int, ChatCall>
            /// The part of the newest call at an index of the vendor's.
            positions: Map<int, int>
            /// The part of the newest call with an id of the vendor's.
            wireIds: Map<string, int>
            /// The ids in the reply.
            ids: Set<string>
        }

[<RequireQualifiedAccess>]
module internal ChatCalls =
    let empty: ChatCalls = { parts = Map.empty; positions = Map.empty; wireIds = Map.empty; ids = Set.empty }

    /// The calls, the oldest first. Mostly there are none, which costs nothing.
    let inOrder (calls: ChatCalls) : ChatCall list = if calls.parts.IsEmpty then [] else List.ofSeq calls.parts.Values

    /// Whether a call of the reply has this id.
    let hasId (id: string) (calls: ChatCalls) : bool = Set.contains id calls.ids

    let private atPart (calls: ChatCalls) (part: int) : ChatCall voption =
        match calls.parts.TryGetValue part with
        | true, call -> ValueSome call
        | _ -> ValueNone

    /// The newest call at an index of the vendor's.
    let atPosition (position: int) (calls: ChatCalls) : ChatCall voption =
        match calls.positions.TryGetValue position with
        | true, part -> atPart calls part
        | _ -> ValueNone

    /// The newest call with an id of the vendor's.
    let withWireId (id: string) (calls: ChatCalls) : ChatCall voption =
        match calls.wireIds.TryGetValue id with
        | true, part -> atPart calls part
        | _ -> ValueNone

    /// The newest call.
    let newest (calls: ChatCalls) : ChatCall voption =
        if calls.parts.IsEmpty then ValueNone else ValueSome(snd (Map.maxKeyValue calls.parts))

    let private newestOf (key: 'key) (part: int) (known: Map<'key, int>) =
        match known.TryGetValue key with
        | true, other when other >= part -> known
        | _ -> Map.add key part known

    /// The calls with a new one, or with a known one as it is now. Its part and its position never change.
    let put (call: ChatCall) (calls: ChatCalls) : ChatCalls =
        let others =
            match atPart calls call.Part with
            | ValueSome before when before.Id <> call.Id -> Set.remove before.Id calls.ids
            | _ -> calls.ids

        {
            parts = Map.add call.Part call calls.parts
            positions =
                match call.Position with
                | ValueSome position -> newestOf position call.Part calls.positions
                | ValueNone -> calls.positions
            wireIds = if call.WireId = "" then calls.wireIds else newestOf call.WireId call.Part calls.wireIds
            ids = Set.add call.Id others
        }
