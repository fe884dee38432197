// Audio: a spoken answer is streamed with its transcript, and its samples become a WAV file.
using Llm;

namespace Samples;

internal static class AudioToWav
{
    public static async Task<IReadOnlyList<string>> RunAsync(string path, Model model)
    {
        Model speaker = model.WithParams(new() { Speech = new("alloy", AudioFormat.Pcm16) });
        await using StreamResponse stream = speaker.Stream("Greet me.");
        List<string> transcript = [];
        List<byte> samples = [];

        // A view for each: what was read is read once, and shows again.
        await foreach (string text in stream.TextAsync())
            transcript.Add(text);

        await foreach (Bytes piece in stream.AudioAsync())
            samples.AddRange(piece.Memory.Span);

        // OpenAI speaks 24,000 samples in a second.
        await File.WriteAllBytesAsync(path, Wav(24_000, [.. samples]));
        return transcript;
    }

    /// <summary>The file's bytes: the header of RIFF WAVE, then samples of 16 bits in one channel.</summary>
    private static byte[] Wav(int samplesPerSecond, byte[] samples)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("RIFF"u8);
        writer.Write(36 + samples.Length);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1); // samples as they are, not compressed
        writer.Write((short)1); // channels
        writer.Write(samplesPerSecond);
        writer.Write(2 * samplesPerSecond);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(samples.Length);
        writer.Write(samples);
        return file.ToArray();
    }
}
