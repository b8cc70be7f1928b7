#include "ui/models/table_text.h"

#include "core/base/escaped.h"

#include <QAbstractItemModel>
#include <QStringList>

namespace bulkhead::models {

namespace {

constexpr int kDeepest = 64; ///< of a tree; hostile documents nest

QString cellWords(const QModelIndex& index) {
    const QVariant words = index.data(Qt::AccessibleTextRole);
    return (words.isValid() ? words : index.data()).toString();
}

/// Names come from containers: "=cmd()" must stay text in a spreadsheet.
QString withoutFormula(const QString& text) {
    return !text.isEmpty() && QStringLiteral("=+-@\t\r").contains(text.front()) ? QLatin1Char('\'') + text
                                                                                : text;
}

QString commaField(const QString& text) {
    QString quoted = withoutFormula(text);
    quoted.replace(QLatin1Char('"'), QLatin1String("\"\""));
    return QLatin1Char('"') + quoted + QLatin1Char('"');
}

QString tabField(QString text) {
    for (const QLatin1Char separator : {QLatin1Char('\t'), QLatin1Char('\n'), QLatin1Char('\r')}) {
        text.replace(separator, QLatin1Char(' '));
    }
    return withoutFormula(text);
}

QString markdownField(const QString& text) {
    return QString::fromStdString(base::markdownText(text.simplified().toStdString()).str());
}

std::string lineOf(const QStringList& cells, TableFormat format) {
    QStringList fields;
    for (const QString& cell : cells) {
        fields
            << (format == TableFormat::markdown       ? markdownField(cell)
                : format == TableFormat::tabSeparated ? tabField(cell)
                                                      : commaField(cell));
    }
    switch (format) {
    case TableFormat::markdown:
        return ("| " + fields.join(QStringLiteral(" | ")) + " |\n").toStdString();
    case TableFormat::tabSeparated:
        return (fields.join(QLatin1Char('\t')) + "\n").toStdString();
    case TableFormat::commaSeparated:
        break;
    }
    return (fields.join(QLatin1Char(',')) + "\r\n").toStdString(); // RFC 4180
}

void writeRows(
    std::string& out, const QAbstractItemModel& model, const QModelIndex& parent, TableFormat format,
    int depth) {
    for (int row = 0; row < model.rowCount(parent); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(parent); ++column) {
            cells << cellWords(model.index(row, column, parent));
        }
        out += lineOf(cells, format);
        if (depth < kDeepest) {
            writeRows(out, model, model.index(row, 0, parent), format, depth + 1);
        }
    }
}

} // namespace

TableFormat tableFormatOf(const QString& path) {
    if (path.endsWith(QLatin1String(".md"), Qt::CaseInsensitive)) {
        return TableFormat::markdown;
    }
    return path.endsWith(QLatin1String(".tsv"), Qt::CaseInsensitive) ? TableFormat::tabSeparated
                                                                     : TableFormat::commaSeparated;
}

std::string tableText(const QAbstractItemModel& model, TableFormat format) {
    QStringList heads;
    for (int column = 0; column < model.columnCount(); ++column) {
        heads << model.headerData(column, Qt::Horizontal).toString().simplified();
    }
    std::string out = lineOf(heads, format);
    if (format == TableFormat::markdown) {
        out += "|";
        for (qsizetype i = 0; i < heads.size(); ++i) {
            out += " --- |";
        }
        out += "\n";
    }
    writeRows(out, model, {}, format, 0);
    return out;
}

} // namespace bulkhead::models
