// Holds the place of the first file of the C# library.
namespace Llm;

/// <summary>Holds a place.</summary>
public static class Placeholder
{
    /// <summary>The name of the library.</summary>
    public static string Name => "Llm";
}
