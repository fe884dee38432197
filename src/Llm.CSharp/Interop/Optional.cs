// Between F#'s options and lists, and nullable values and lists of C#.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class Optional
{
    public static FSharpOption<T>? ToCore<T>(T? value)
        where T : class => value is null ? null : FSharpOption<T>.Some(value);

    public static FSharpOption<T>? ToCore<T>(T? value)
        where T : struct => value is { } some ? FSharpOption<T>.Some(some) : null;

    public static FSharpOption<TCore>? ToCore<T, TCore>(T? value, Func<T, TCore> map)
        where T : class => value is null ? null : FSharpOption<TCore>.Some(map(value));

    public static T? ToNullable<T>(FSharpOption<T>? option)
        where T : struct => option?.Value;

    public static T? ToReference<T>(FSharpOption<T>? option)
        where T : class => option?.Value;

    public static T? ToReference<TCore, T>(FSharpOption<TCore>? option, Func<TCore, T> map)
        where T : class => option is null ? null : map(option.Value);
}

internal static class Lists
{
    public static FSharpList<TCore> ToCore<T, TCore>(IReadOnlyList<T> items, Func<T, TCore> map)
    {
        if (items is CoreList<TCore, T> own)
            return own.Core;

        FSharpList<TCore> list = FSharpList<TCore>.Empty;

        for (int index = items.Count - 1; index >= 0; index--)
            list = FSharpList<TCore>.Cons(map(items[index]), list);

        return list;
    }

    public static ValueList<T> ToFacade<TCore, T>(FSharpList<TCore> list, Func<TCore, T> map) =>
        list.IsEmpty ? ValueList<T>.Empty : new ValueList<T>([.. list.Select(map)]);

    /// <summary>As <see cref="ToFacade"/>, with the items made when somebody looks at them.</summary>
    public static ValueList<T> ToFacadeLazily<TCore, T>(FSharpList<TCore> list, Func<TCore, T> map) =>
        list.IsEmpty ? ValueList<T>.Empty : new CoreList<TCore, T>(list, map);
}

internal static class Texts
{
    /// <summary>A text that must not be null, whatever a caller without annotations gave.</summary>
    public static string Required(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        return text;
    }
}
