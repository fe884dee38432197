// What a decoder expects, and whether one that expects nothing would say the same.
namespace Llm.Core.Tests

open System
open System.Text
open Llm.Core
open Llm.FsCheck

[<RequireQualifiedAccess>]
module internal Expecting =
    let forgetful (decoder: Decoder) : Decoder =
        match box decoder with
        | :? IExpecting as expecting -> expecting.Forgetful
        | _ -> decoder

    let expects (event: WireEvent) (decoder: Decoder) : bool =
        match box decoder with
        | :? IExpecting as expecting -> expecting.Expects event
        | _ -> false

    let event (name: string) (data: byte[]) : WireEvent = { Name = name; Data = ReadOnlyMemory data; IsWhole = true }

    /// What decoder and forgetful decoder say to the same events, and the first event to which they say different things. An error leaves
    /// both where they were.
    let agree (decoder: Decoder) (events: (string * byte[]) list) : Result<unit, BrokenLaw> =
        let said (result: Result<struct (Chunks * Decoder), LlmError>) =
            result |> Result.map (fun (struct (chunks, _)) -> Chunks.toList chunks)

        let next (before: Decoder) (result: Result<struct (Chunks * Decoder), LlmError>) =
            match result with
            | Ok(struct (_, after)) -> after
            | Error _ -> before

        let rec go (expecting: Decoder) (alone: Decoder) (rest: (string * byte[]) list) =
            match rest with
            | [] -> Law.holds
            | (name, data) :: others ->
                let one = expecting.Step(event name data)
                let other = (forgetful alone).Step(event name data)

                if said one = said other then
                    go (next expecting one) (next alone other) others
                else
                    Law.broken "a template says what the reader says" $"{Encoding.UTF8.GetString data}\n%A{said one}\n%A{said other}"

        go decoder decoder events
