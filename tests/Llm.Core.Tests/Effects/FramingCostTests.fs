// What a short stream allocates beyond its deltas: it is exact, so it is asserted where time is not. Most answers are short, and the events
// that begin and end them would cost more than all the text between. The streams are those of the benchmarks, which are like providers'.
module Llm.Core.Tests.FramingCostTests

open System
open System.Text
open NUnit.Framework
open Llm.Core
open Llm.Benchmarks

/// Steps through the events of a body, and keeps nothing of them.
let private decode (codec: Codec) (bytes: byte[]) : int64 =
    use reader = new BodyReader(codec)
    reader.Append(ReadOnlySpan bytes)
    reader.End()
    let before = GC.GetAllocatedBytesForCurrentThread()

    let rec go () =
        match reader.Read() with
        | ReadStep.Chunks _ -> go ()
        | ReadStep.Failed error -> failwith $"%A{error}"
        | ReadStep.NeedBytes
        | ReadStep.Done -> ()

    go ()
    GC.GetAllocatedBytesForCurrentThread() - before

let private few = int64 (5 * Streams.words.Length)
let private many = int64 (105 * Streams.words.Length)

/// What decoding a short stream allocates beyond what each further delta does.
let private framing (name: string) : int64 =
    let format = Streams.all[name]

    let cost (deltas: int64) =
        let bytes = format.Text(int deltas)

        for _ in 1..3 do
            decode format.Codec bytes |> ignore

        decode format.Codec bytes

    let short = cost few
    short - few * (cost many - short) / (many - few)

[<TestCase("messages", 2_900L)>]
[<TestCase("responses", 5_700L)>]
[<TestCase("generateContent", 4_000L)>]
let ``the events that frame a short stream cost little beside its deltas`` (name: string, most: int64) =
    Assert.That(framing name, Is.LessThanOrEqualTo most, name)

[<Test>]
let ``a name that comes again is found, and what is too long for a name or is none is made`` () =
    let text (name: string) = Recurring.text (ReadOnlySpan(Encoding.UTF8.GetBytes name))
    let names = [ for number in 0..2_000 -> $"event.{number}" ] @ [ ""; "naïve"; "🙂"; String('a', 64); String('b', 65) ]

    for name in names do
        Expect.equal name (text name)
        Expect.equal name (text name)

    Assert.That(Object.ReferenceEquals(text "response.created", text "response.created"))
    Assert.That(Object.ReferenceEquals(text (String('b', 65)), text (String('b', 65))), Is.False)
