// Audio: a spoken answer is streamed with its transcript, and its samples become a WAV file.
module Samples.AudioToWav

open System.IO
open System.Threading
open Llm.Core

/// The file's bytes: the header of RIFF WAVE, then samples of 16 bits in one channel.
let private wav (samplesPerSecond: int) (samples: byte[]) : byte[] =
    use file = new MemoryStream()
    use writer = new BinaryWriter(file)
    writer.Write "RIFF"B
    writer.Write(36 + samples.Length)
    writer.Write "WAVEfmt "B
    writer.Write 16
    writer.Write 1s // samples as they are, not compressed
    writer.Write 1s // channels
    writer.Write samplesPerSecond
    writer.Write(2 * samplesPerSecond)
    writer.Write 2s
    writer.Write 16s
    writer.Write "data"B
    writer.Write samples.Length
    writer.Write samples
    file.ToArray()

let run (path: string) (model: Model) = task {
    let speaker = model |> Model.withParams { Params.none with Speech = Some { Voice = "alloy"; Format = AudioFormat.Pcm16 } }
    let transcript, samples = ResizeArray<string>(), ResizeArray<Bytes>()

    match! speaker |> Model.stream [ Message.user "Greet me." ] CancellationToken.None with
    | Error error -> return Error error
    | Ok stream ->
        use stream = stream
        // A view for each: what was read is read once, and shows again.
        let! _ = stream |> StreamResponse.iterText transcript.Add CancellationToken.None
        let! _ = stream |> StreamResponse.iterAudio samples.Add CancellationToken.None
        let! response = stream |> StreamResponse.response CancellationToken.None
        // OpenAI speaks 24,000 samples in a second.
        File.WriteAllBytes(path, samples |> List.ofSeq |> Bytes.concat |> Bytes.toArray |> wav 24000)
        return response |> Result.map (fun _ -> List.ofSeq transcript)
}
