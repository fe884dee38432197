// Answers with thousands of parts: what each costs does not grow with those before it, so that a server that sends many holds nobody up.
// Allocations are exact, so they are asserted where time is not.
module Llm.Core.Tests.ManyPartsTests

open System
open System.Text
open NUnit.Framework
open Llm.Core

let private events (data: string seq) : byte[] =
    data |> Seq.map (fun json -> $"data: {json}\n\n") |> String.concat "" |> Encoding.UTF8.GetBytes

let private numbered (count: int) (write: int -> string) = Seq.init count write

let private chatCalls (id: int -> string) (count: int) =
    let call index =
        "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":"
        + string index
        + id index
        + ",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}"

    events (Seq.append (numbered count call) [ "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}" ])

let private openBlocks (count: int) =
    let block index =
        "{\"type\":\"content_block_start\",\"index\":"
        + string index
        + ",\"content_block\":{\"type\":\"tool_use\",\"id\":\"t"
        + string index
        + "\",\"name\":\"f\",\"input\":{}}}"

    events (Seq.append (numbered count block) [ "{\"type\":\"message_stop\"}" ])

let private cohereCalls (isEnded: bool) (count: int) =
    let call index =
        "{\"type\":\"tool-call-start\",\"index\":"
        + string index
        + ",\"delta\":{\"message\":{\"tool_calls\":{\"id\":\"c"
        + string index
        + "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}}}}"

    let ending index = "{\"type\":\"tool-call-end\",\"index\":" + string index + "}"

    let calls = seq {
        for index in 0 .. count - 1 do
            call index
            if isEnded then ending index
    }

    events (Seq.append calls [ "{\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"TOOL_CALL\"}}" ])

let private wholeCalls (before: string) (after: string) (count: int) =
    let call index = "{\"id\":\"c" + string index + "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"

    before + String.Join(",", numbered count call) + after |> Encoding.UTF8.GetBytes

let private decodeStream (codec: Codec) (bytes: byte[]) : int =
    use reader = new BodyReader(codec)
    reader.Append(ReadOnlySpan bytes)
    reader.End()

    let rec go parts =
        match reader.Read() with
        | ReadStep.Chunks chunks ->
            let begun so chunk =
                match chunk with
                | Chunk.ToolCallStart _ -> so + 1
                | _ -> so

            go (Chunks.fold begun parts chunks)
        | ReadStep.Failed error -> failwith $"%A{error}"
        | ReadStep.NeedBytes
        | ReadStep.Done -> parts

    go 0

let private decodeWhole (codec: Codec) (bytes: byte[]) : int =
    match Codec.decode (ReadOnlyMemory bytes) codec with
    | Ok reply -> reply.Content.Length
    | Error error -> failwith $"%A{error}"

let private chat = ChatCompletions.codec ChatDialect.openai
let private cohere = CohereChat.codec CohereDialect.standard

let private answers: (string * (int -> byte[]) * (byte[] -> int)) list =
    [
        "chat", chatCalls (fun index -> $",\"id\":\"c{index}\""), decodeStream chat
        "chat, calls without ids", chatCalls (fun _ -> ""), decodeStream chat
        "chat, whole",
        wholeCalls "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"tool_calls\":[" "]},\"finish_reason\":\"stop\"}]}",
        decodeWhole chat
        "messages, blocks that never end", openBlocks, decodeStream (AnthropicMessages.codec AnthropicDialect.standard)
        "cohere", cohereCalls true, decodeStream cohere
        "cohere, calls that never end", cohereCalls false, decodeStream cohere
        "cohere, whole",
        wholeCalls "{\"id\":\"m\",\"message\":{\"role\":\"assistant\",\"tool_calls\":[" "]},\"finish_reason\":\"TOOL_CALL\"}",
        decodeWhole cohere
    ]

let private names = answers |> List.map (fun (name, _, _) -> name)

/// Four times the parts cost four times as much, and a little for the search among more; sixteen times is what a search one by one costs.
[<TestCaseSource(nameof names)>]
let ``what a part costs does not grow with the parts before it`` (name: string) =
    let _, write, decode = answers |> List.find (fun (other, _, _) -> other = name)

    let allocated count =
        let bytes = write count
        Assert.That(decode bytes, Is.EqualTo count)
        let before = GC.GetAllocatedBytesForCurrentThread()
        decode bytes |> ignore
        float (GC.GetAllocatedBytesForCurrentThread() - before)

    Assert.That(allocated 4000 / allocated 1000, Is.LessThan 7.0)
