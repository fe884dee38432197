// JSON that was checked once, when it came in.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal readonly record struct JsonText(Core.Json Core)
{
    public string Text => Llm.Core.JsonModule.text(Core);

    /// <summary>Text as it came, whatever it is.</summary>
    public static JsonText Trusted(string text) => new(Llm.Core.JsonModule.trusted(text));

    /// <summary>Takes text that is JSON.</summary>
    /// <exception cref="InvalidJsonException">It is not.</exception>
    public static JsonText Checked(string text, string name)
    {
        FSharpResult<Core.Json, string> result = Llm.Core.JsonModule.tryParse(Texts.Required(text, name));
        return result.IsOk ? new(result.ResultValue) : throw new InvalidJsonException(name, result.ErrorValue);
    }
}
