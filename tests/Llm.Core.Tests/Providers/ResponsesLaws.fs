/// The Responses format: laws over made-up answers.
namespace Llm.Core.Tests

open System
open System.Text
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open FsCheck.NUnit
open Llm.Core
open Llm.Core.Tests.ResponsesStreams

[<RequireQualifiedAccess>]
module internal Made =
    let codec = OpenAiResponses.codec ResponsesDialect.standard

    let utf8 (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

    let body (style: Style) (data: string list) =
        let event (text: string) =
            let name = if style.HasNames then $"event: message{style.LineEnd}" else ""
            $"{name}data: {text}{style.LineEnd}{style.LineEnd}"

        data |> List.map event |> String.concat ""

    let plain =
        {
            HasNames = true
            HasAdded = true
            HasDeltas = true
            HasPartsDone = true
            HasItemsDone = true
            HasOutput = true
            LineEnd = "\n"
        }

    let sse (data: string list) = body plain data

    let read (text: string) = Reading.read codec [ utf8 text ]

    let ending (text: string) = read text |> snd

    let whole (text: string) = Codec.decode (utf8 text) codec

    let texts =
        Gen.listOf (ArbMap.defaults |> ArbMap.generate<string> |> Gen.map (fun text -> if isNull text then "" else text))

    let text = texts |> Gen.map (String.concat "")

    let item =
        Gen.frequency
            [
                4, Gen.map Message texts
                1, Gen.map Refusal text
                2, Gen.map Summary texts
                2, Gen.map Content texts
                1, Gen.constant Encrypted
                3, Gen.map (fun text -> Call(if text = "" then "" else $"""{{"a":{q text}}}""")) text
                1, Gen.constant Search
            ]

    let style = gen {
        let! flags = Gen.arrayOfLength 6 (Gen.elements [ true; false ])
        let! lineEnd = Gen.elements [ "\n"; "\r\n"; "\r" ]

        return
            {
                HasNames = flags[0]
                HasAdded = flags[1]
                HasDeltas = flags[2]
                HasPartsDone = flags[3]
                HasItemsDone = flags[4]
                // Somewhere the items must be.
                HasOutput = flags[5] || not flags[4]
                LineEnd = lineEnd
            }
    }

    let answer = Gen.zip style (Gen.listOf item) |> Arb.fromGen

    /// Each event with the state before it.
    let states (data: string list) =
        let step state (text: string) =
            let event = { Name = ""; Data = utf8 text; IsWhole = true }

            match ResponsesDecode.careful "openai" state event with
            | Ok(struct (_, next)) -> (state, event), next
            | Error _ -> (state, event), state

        List.mapFold step ResponsesState.initial data |> fst

module ResponsesLaws =
    [<Property>]
    let ``a folded stream equals the same answer decoded whole`` () =
        Prop.forAll Made.answer (fun (style, items) ->
            match Made.ending (Made.body style (eventsOf style items)), Made.whole (wholeJson items) with
            | Ending.Complete streamed, Ok whole -> streamed = whole
            | _ -> false)

    [<Property(MaxTest = 50)>]
    let ``bytes may be cut anywhere`` () =
        Prop.forAll Made.answer (fun (style, items) ->
            let text = Made.body style (eventsOf style items)
            let bytes = Encoding.UTF8.GetBytes text
            let single = [ for index in 0 .. bytes.Length - 1 -> ReadOnlyMemory(bytes, index, 1) ]
            let chunks, ending = Made.read text
            Reading.read Made.codec single = (chunks, ending))

    [<Property>]
    let ``the fast reader agrees with the careful one wherever it answers`` () =
        Prop.forAll Made.answer (fun (style, items) ->
            Made.states (eventsOf style items)
            |> List.forall (fun (state, event) ->
                match ResponsesDecode.fast state event.Data, ResponsesDecode.careful "openai" state event with
                | ValueNone, _ -> true
                | ValueSome(struct (quick, next)), Ok(struct (slow, carefulNext)) ->
                    Chunks.toList quick = Chunks.toList slow
                    && Object.ReferenceEquals(next, state)
                    && Object.ReferenceEquals(carefulNext, state)
                | ValueSome _, Error _ -> false))

    [<Test>]
    let ``the fast reader answers for every delta of a part but the first`` () =
        let answered =
            Made.states (eventsOf Made.plain [ Message [ "twelve chars" ]; Summary [ "twelve chars" ]; Call """{"a":1234567}""" ])
            |> List.filter (fun (state, event) -> (ResponsesDecode.fast state event.Data).IsSome)

        Assert.That(answered, Has.Length.EqualTo(3 + 3 + 4))

    [<Property(MaxTest = 500)>]
    let ``no damage to an event makes the readers throw or disagree`` (position: NonNegativeInt) (damage: byte) =
        Prop.forAll Made.answer (fun (style, items) ->
            Made.states (eventsOf style items)
            |> List.forall (fun (state, event) ->
                let bytes = event.Data.ToArray()
                bytes[position.Get % bytes.Length] <- damage
                let damaged = { event with Data = ReadOnlyMemory bytes }
                ResponsesDecode.whole "openai" damaged.Data |> ignore

                match ResponsesDecode.fast state damaged.Data, ResponsesDecode.careful "openai" state damaged with
                | ValueNone, _ -> true
                | ValueSome(struct (quick, _)), Ok(struct (slow, next)) ->
                    Chunks.toList quick = Chunks.toList slow && Object.ReferenceEquals(next, state)
                | ValueSome _, Error _ -> false))

    [<Property>]
    let ``a prefix of a stream is never complete`` (length: NonNegativeInt) =
        Prop.forAll Made.answer (fun (style, items) ->
            let text = Made.body style (eventsOf style items)
            let bytes = Encoding.UTF8.GetBytes text
            let last = Array.LastIndexOf(bytes, byte '}')

            match Reading.read Made.codec [ ReadOnlyMemory(bytes, 0, length.Get % last) ] |> snd with
            | Ending.Truncated _ -> true
            | _ -> false)

    [<Property>]
    let ``parts start before they grow, end once, and are never empty`` () =
        Prop.forAll Made.answer (fun (style, items) ->
            let chunks, _ = Made.read (Made.body style (eventsOf style items))

            let step (opened: Set<int>, closed: Set<int>, right) chunk =
                match chunk with
                | Chunk.TextStart index
                | Chunk.ThoughtStart index
                | Chunk.ToolCallStart(index, _, _) ->
                    Set.add index opened, closed, right && not (Set.contains index opened || Set.contains index closed)
                | Chunk.TextDelta(index, text)
                | Chunk.ThoughtDelta(index, text)
                | Chunk.ToolCallDelta(index, text) -> opened, closed, right && text <> "" && Set.contains index opened
                | Chunk.TextEnd index
                | Chunk.ThoughtEnd index
                | Chunk.ToolCallEnd index -> Set.remove index opened, Set.add index closed, right && Set.contains index opened
                | Chunk.Finish _ -> opened, closed, right && Set.isEmpty opened
                | _ -> opened, closed, right

            let opened, _, right = List.fold step (Set.empty, Set.empty, true) chunks
            right && Set.isEmpty opened)

    [<Property>]
    let ``what a model said goes back to it as it came`` () =
        Prop.forAll Made.answer (fun (style, items) ->
            match Made.ending (Made.body style (eventsOf style items)) with
            | Ending.Complete reply ->
                let expected =
                    if List.isEmpty items then
                        None
                    else
                        Some(items |> List.mapi itemJson |> joined |> (fun all -> $"[{all}]"))

                (reply.Native |> Option.map Json.text) = expected
            | _ -> false)
