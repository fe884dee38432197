/// Chat completions: traffic of our own making, and how it is read. Shared by the laws and the examples.
module Llm.Core.Tests.ChatCompletionsFixture

open System
open System.Text
open NUnit.Framework
open Llm.Core

let codec = ChatCompletions.codec (ChatDialect.standard "acme")

let bytes (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

let sse (events: string list) = events |> List.map (fun event -> $"data: {event}\n\n") |> String.concat ""

let read (events: string list) = Reading.read codec [ bytes (sse events) ]

let complete (events: string list) : Reply =
    match read events with
    | _, Ending.Complete reply -> reply
    | _, other -> failwith $"not complete: {other}"

let failure (events: string list) : LlmError =
    match read events with
    | _, Ending.Failed(_, error) -> error
    | _, other -> failwith $"not failed: {other}"

let decodeWhole (body: string) = Codec.decode (bytes body) codec

let wholeReply (body: string) : Reply =
    match decodeWhole body with
    | Ok reply -> reply
    | Error error -> failwith (LlmError.render error)

let chunk (delta: string) =
    $"""{{"id":"c-1","object":"chat.completion.chunk","model":"m-1","choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"""

let finish (word: string) = $"""{{"id":"c-1","model":"m-1","choices":[{{"index":0,"delta":{{}},"finish_reason":"{word}"}}]}}"""

let content (text: string) = chunk $"""{{"content":{Json.quote text}}}"""

let callDelta (json: string) = chunk $"""{{"tool_calls":[{json}]}}"""

let answer (message: string) (reason: string) =
    $"""{{"id":"c-1","model":"m-1","choices":[{{"index":0,"message":{message},"finish_reason":"{reason}"}}]}}"""

let same (expected: 'a) (actual: 'a) = Assert.That((actual = expected), $"expected {expected} but was {actual}")

let parts (expected: AssistantPart list) (reply: Reply) = same expected reply.Content

let call id name arguments = AssistantPart.ToolCall { Id = id; Name = name; Arguments = arguments }

let usageOf (reply: Reply) = Option.get reply.Usage
