// What an answer should look like, together with how it is read into a value.
using Llm.Interop;

namespace Llm;

/// <summary>How a model is held to a format.</summary>
public enum FormatMode
{
    /// <summary>The provider enforces the schema.</summary>
    Strict,

    /// <summary>The provider gives JSON; the schema stands in the instructions.</summary>
    Json,

    /// <summary>The answer is the arguments of a tool that the model is made to call.</summary>
    Tool,

    /// <summary>Nothing but instructions; the caller's function reads the text. See <see cref="Format.Parser"/>.</summary>
    Parser,
}

/// <summary>Makes formats.</summary>
public static class Format
{
    /// <summary>
    /// The format of a type: a record, a class, a list, an enum, a number. What is no object is carried by one and taken out again.
    /// </summary>
    /// <typeparam name="T">What answers become.</typeparam>
    /// <param name="mode">How the model is held to it; left to what provider and model can do where it is not given.</param>
    /// <param name="instructions">What stands in the system message for it; empty for nothing, and what the mode needs where not given.</param>
    /// <exception cref="NotSupportedException">The type has no form in JSON.</exception>
    /// <example><c>Format.For&lt;Book&gt;(FormatMode.Tool)</c></example>
    public static Format<T> For<T>(FormatMode? mode = null, string? instructions = null)
    {
        FormatHandle<T> handle = FormatHandle<T>.OfType();
        handle = mode is { } given ? handle.WithMode(given) : handle;
        return new(instructions is null ? handle : handle.WithInstructions(instructions));
    }

    /// <summary>A format of one's own: what the model is told, and how its text is read.</summary>
    /// <typeparam name="T">What answers become.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="instructions">What stands in the system message.</param>
    /// <param name="parse">From the text to the value; what it throws is why the text is none.</param>
    /// <example><c>Format.Parser("csv", "Answer with comma-separated values only.", text => text.Split(','))</c></example>
    public static Format<T> Parser<T>(string name, string instructions, Func<string, T> parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        return new(FormatHandle<T>.Parser(name, instructions, parse));
    }
}

/// <summary>What an answer should look like, and how it becomes a value. It never changes.</summary>
/// <typeparam name="T">What answers become.</typeparam>
public sealed class Format<T>
{
    private readonly FormatHandle<T> _handle;

    internal Format(FormatHandle<T> handle) => _handle = handle;

    /// <summary>The name of what is described, such as <c>Book</c>.</summary>
    public string Name => _handle.Name;

    /// <summary>The JSON Schema, as text.</summary>
    public string Schema => _handle.Schema;

    /// <summary>How the model is held to it; null leaves it to what provider and model can do.</summary>
    public FormatMode? Mode => _handle.Mode;

    /// <summary>What stands in the system message; null for what the mode needs.</summary>
    public string? Instructions => _handle.Instructions;

    internal FormatHandle<T> Handle => _handle;

    internal OutputHandle Output => _handle.Output;

    /// <summary>The format, held to in this way; a parser stays one.</summary>
    /// <param name="mode">The way.</param>
    public Format<T> WithMode(FormatMode mode) => new(_handle.WithMode(mode));

    /// <summary>The format with the caller's own words in the system message.</summary>
    /// <param name="instructions">The words; empty for none.</param>
    public Format<T> WithInstructions(string instructions) => new(_handle.WithInstructions(instructions));

    /// <summary>The value of an answer's text.</summary>
    /// <param name="text">The text; what stands around the JSON does not matter.</param>
    /// <exception cref="ParseException">The text is not the value that it should be.</exception>
    public T Parse(string text) => TryParse(text).Value;

    /// <summary>As <see cref="Parse"/>, with the error as a value.</summary>
    /// <param name="text">The text.</param>
    public Result<T> TryParse(string text) => _handle.TryParse(text);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
