// Every conversation that an expected file tells, encoded as its recorded request was, and answers given back as later requests gave them.
module Llm.Core.Tests.Recordings.EncodeTests

open NUnit.Framework
open Llm.Recordings
open Llm.Recordings.RoundTrip

/// How many in a hundred requests must be the recorded ones, to the last member; the rest differs on purpose, or is a defect.
[<Literal>]
let EqualInHundred = 97

let private encodeAll =
    lazy (Recording.filesUnder (Folder.find ()) |> List.filter Encoding.isDue |> List.collect Encoding.ofFile)

let private name (compared: Encoding.Compared) = $"{compared.Exchange.Id} exchange {compared.Exchange.Index}"

let private describe (compared: Encoding.Compared) =
    match compared.Differences with
    | first :: _ -> $"{name compared} at {first.Pointer}: {first.Ours} where {first.Recorded} was recorded"
    | [] -> name compared

let private unequal () = encodeAll.Value |> List.filter (fun compared -> not compared.Differences.IsEmpty)

[<Test>]
let ``requests are what was recorded`` () =
    let all, different = encodeAll.Value, unequal ()
    let equal = all.Length - different.Length
    let told = different |> List.map describe |> String.concat "\n"
    Assert.That(all, Is.Not.Empty)
    Assert.That(equal * 100, Is.GreaterThanOrEqualTo(EqualInHundred * all.Length), $"{equal} of {all.Length} are equal\n{told}")

[<Test>]
let ``a request that differs from its recording does so on purpose`` () =
    let unexplained =
        unequal () |> List.filter (fun compared -> (Deliberate.ofAll compared.Differences).IsNone) |> List.map describe

    Assert.That(unexplained, Is.Empty)

[<Test>]
let ``no conversation makes an encoder throw`` () =
    let thrown =
        encodeAll.Value
        |> List.choose (fun compared -> compared.Defect |> Option.map (fun defect -> $"{name compared}: {defect}"))

    Assert.That(thrown, Is.Empty)

[<Test>]
let ``every answer that was sent back can be sent back`` () =
    let refused =
        Recording.filesUnder (Folder.find ())
        |> List.collect (Recording.read >> RoundTrip.ofRecording)
        |> List.filter (fun returned -> returned.Return = Return.Refused)
        |> List.map (fun returned -> $"{returned.Answer.Id} exchange {returned.Answer.Index}: {returned.Ours} {returned.Defect}")

    Assert.That(refused, Is.Empty)
